/**
 * @param root the checkout
 * @param node the program to build with
 * @returns what went wrong, in vite's own words; null where all is well
 */
export function buildPage(root: string, node: string): Promise<string | null>;
