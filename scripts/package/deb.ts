export function packageDeb(arch: string | null): string[] {
  return [String(arch)];
}
