// A word through which peers of a scenario pass a token, or learn that none will come. Beside the manager, so its steps are not the
// manager's. Tokens of early generations fit in 31 bits.

import type { MessageToken } from '../../primitives/memory-manager/public.js'

const WORD = 0
const EMPTY = 0
const CLOSED = -1

export class Mailbox {
  readonly #words = new Int32Array(new SharedArrayBuffer(4))

  put(token: MessageToken): void {
    Atomics.store(this.#words, WORD, token)
    Atomics.notify(this.#words, WORD)
  }

  /** What is in it; undefined when it is empty or closed. */
  look(): MessageToken | undefined {
    const token = Atomics.load(this.#words, WORD)
    return token > 0 ? (token as MessageToken) : undefined
  }

  /** Takes what is in it; undefined when it is empty or closed. */
  take(): MessageToken | undefined {
    const token = Atomics.load(this.#words, WORD)
    if (token <= 0) return undefined
    const before = Atomics.compareExchange(this.#words, WORD, token, EMPTY)
    return before === token ? (token as MessageToken) : undefined
  }

  /** Says, if nothing was put in, that nothing will be. */
  close(): void {
    Atomics.compareExchange(this.#words, WORD, EMPTY, CLOSED)
    Atomics.notify(this.#words, WORD)
  }

  /** Blocks until there is a token; undefined if none will come. Whoever may end the wait also notifies, so it needs no time-out. */
  wait(): MessageToken | undefined {
    for (;;) {
      const token = Atomics.load(this.#words, WORD)
      if (token !== EMPTY) return token === CLOSED ? undefined : (token as MessageToken)
      Atomics.wait(this.#words, WORD, EMPTY)
    }
  }
}
