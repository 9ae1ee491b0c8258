export function packageImage(arch: string | null, base: string | null): string[] {
  return [String(arch), String(base)];
}
