/**
 * Each type has one name in the house: a search for it finds what it is, and nothing else.
 */

export interface DeclaredType {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}

/** The formatter begins declarations at the margin. */
const DECLARATION = /^(?:export )?(?:abstract )?(?:interface|class|type) (\w+)/gm;

export function declaredTypes(file: string, text: string): DeclaredType[] {
  return [...text.matchAll(DECLARATION)].map(({ 1: name = '', index }) => ({
    name,
    file,
    line: text.slice(0, index).split('\n').length,
  }));
}

/** Those whose name an earlier one has, each with that one. */
export function repeatedTypes(
  types: readonly DeclaredType[],
): { readonly type: DeclaredType; readonly first: DeclaredType }[] {
  const first = new Map<string, DeclaredType>();
  return types.flatMap((type) => {
    const before = first.get(type.name);
    if (before === undefined) first.set(type.name, type);
    return before === undefined ? [] : [{ type, first: before }];
  });
}
