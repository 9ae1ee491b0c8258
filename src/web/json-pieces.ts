/**
 * An answer that tells of all batteries, written piece by piece, so that writing it can be interrupted.
 */

/** A list of which there may be ten thousand: each is made and written when it is its turn. */
export class Listed<View> {
  readonly views: Iterable<View>;

  private constructor(views: Iterable<View>) {
    this.views = views;
  }

  /** @param view makes of each what the answer tells of it */
  static of<T, View>(items: Iterable<T>, view: (item: T) => View): Listed<View> {
    return new Listed(viewed(items, view));
  }
}

function* viewed<T, View>(items: Iterable<T>, view: (item: T) => View): Generator<View> {
  for (const item of items) yield view(item);
}

/** Whether an answer is to be written in pieces. */
export function hasList(answer: unknown): boolean {
  return (
    answer instanceof Listed || (isObject(answer) && Object.values(answer).some((value) => value instanceof Listed))
  );
}

/** The JSON of a {@link Listed}, or of an object with some among its values. */
export function* jsonPieces(answer: unknown): Generator<string> {
  if (answer instanceof Listed) yield* listPieces(answer);
  else if (isObject(answer) && hasList(answer)) yield* objectPieces(answer);
  else yield JSON.stringify(answer);
}

function* listPieces({ views }: Listed<unknown>): Generator<string> {
  let before = '[';
  for (const view of views) {
    yield before + JSON.stringify(view);
    before = ',';
  }
  yield before === '[' ? '[]' : ']';
}

function* objectPieces(answer: object): Generator<string> {
  let before = '{';
  for (const [name, value] of Object.entries(answer)) {
    yield `${before}${JSON.stringify(name)}:`;
    yield* jsonPieces(value);
    before = ',';
  }
  yield '}';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
