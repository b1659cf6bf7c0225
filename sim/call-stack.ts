// The calls of stepped code that an actor has begun and not ended. Each is a generator. The innermost is resumed directly, without passing
// through its callers, so a step costs the same at any depth; a caller is resumed when its call has ended.

/** A generator that runs a peer's code, one task of it, or a call of either. */
export type Body = Generator<unknown, unknown, unknown>

type Answer = IteratorResult<unknown, unknown>

/** `next` of every generator: found through the generator itself it would be another lookup for each generator function. */
const next = (Object.getPrototypeOf(function* () {}) as GeneratorFunction).prototype.next as (this: Body, value?: unknown) => Answer

export class CallStack {
  /** Calls in progress; none between tasks. */
  depth = 0
  /** Outermost first; those at {@link depth} and beyond have ended. */
  readonly #frames: Body[] = []

  /** Begins a call and runs it to its end (`done`) or to an operation that stays pending. Throws what it throws. */
  begin(call: Body): Answer {
    const { depth } = this
    this.#frames[depth] = call
    this.depth = depth + 1
    let isOver = true
    try {
      const answer = next.call(call)
      isOver = answer.done === true
      return answer
    } finally {
      // To catch and throw again would cost more: the engine takes note of where an error is thrown.
      if (isOver) this.depth = depth
    }
  }

  /** Goes on with the result of the pending operation, to the end of the outermost call (`done`) or to another operation. */
  resume(result: unknown): Answer {
    let value = result
    for (;;) {
      let answer: Answer
      try {
        answer = next.call(this.#frames[this.depth - 1] as Body, value)
      } catch (error) {
        this.depth--
        return this.throw(error)
      }
      if (!answer.done || --this.depth === 0) return answer
      value = answer.value
    }
  }

  /** The same with an exception: of the pending operation, or of a call that has ended. */
  throw(thrown: unknown): Answer {
    let error = thrown
    while (this.depth > 0) {
      let answer: Answer
      try {
        answer = (this.#frames[this.depth - 1] as Body).throw(error)
      } catch (rethrown) {
        this.depth--
        error = rethrown
        continue
      }
      if (!answer.done || --this.depth === 0) return answer
      return this.resume(answer.value)
    }
    throw error
  }

  /** Forgets all calls: nothing of them runs any more. */
  clear(): void {
    this.depth = 0
  }
}
