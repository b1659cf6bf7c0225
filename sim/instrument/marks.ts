// What the twin of an async function or async generator yields where it does not wait for an operation: marks, for whoever runs it. In
// stepped code `yield` without a value is an operation that is pending.

/** `await value`: go on when it has settled. */
export class Awaiting {
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }
}

/** How an async generator goes on after a yield: with a value, with an exception, or to its end. */
export interface Resumption {
  readonly kind: 'next' | 'throw' | 'return'
  readonly value: unknown
}

/** `yield value` of an async generator: answer a request with it, and go on with the next one. */
export class Yielding {
  readonly value: unknown
  /** A `yield*` passes on what it is resumed with, so it gets a {@link Resumption}. */
  readonly delegates: boolean
  constructor(value: unknown, delegates: boolean) {
    this.value = value
    this.delegates = delegates
  }
}

/** The end of a `yield*` that was told to return: the generator around it returns the value. */
export class Returning {
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }
}

/** Marks an await. */
export function awaiting(value: unknown): Awaiting {
  return new Awaiting(value)
}
