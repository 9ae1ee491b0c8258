/** A text as one word of a command that somebody copies into a shell. */
export function shellWord(text: string): string {
  return /^[\w./:~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
