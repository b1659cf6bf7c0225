// All that one executor retired and has not freed: one open bag, which takes what is retired, and closed bags, each with the epoch tag at
// which it was closed, oldest first, no two with the same tag. Belongs to one thread; nothing here is shared.
//
// Bags that were emptied are kept for later: a registered executor needs three at most.

import { type Reclaimer, RetiredBag } from './retired-bag.js'

export class RetiredBags {
  #open = new RetiredBag()
  readonly #closed: RetiredBag[] = []
  /** Empty ones. */
  readonly #spare: RetiredBag[] = []
  /** The bag that is being run. */
  #running: RetiredBag | undefined = undefined

  /** Entries that were not run yet. */
  get size(): number {
    let size = this.#open.size + (this.#running?.size ?? 0)
    for (const bag of this.#closed) size += bag.size
    return size
  }

  get openSize(): number {
    return this.#open.size
  }

  /** The closed bags, oldest first. */
  get closed(): readonly { readonly tag: number; readonly size: number }[] {
    return this.#closed
  }

  addAddress<R>(reclaimer: Reclaimer<R>, ref: R): void {
    this.#open.addAddress(reclaimer as Reclaimer<unknown>, ref)
  }

  addClosure(closure: () => void): void {
    this.#open.addClosure(closure)
  }

  /** Closes the open bag with this tag, unless it is empty. The tag is not behind those of the closed bags. */
  close(tag: number): void {
    const open = this.#open
    if (open.size === 0) return
    const last = this.#closed.at(-1)
    if (last !== undefined && last.tag === tag) {
      last.takeAll(open)
      return
    }
    open.tag = tag
    this.#closed.push(open)
    this.#open = this.#spare.pop() ?? new RetiredBag()
  }

  /** Takes the oldest closed bag, of which there is one, and runs it; adds what its entries throw to `errors`. Returns how many it had. */
  runOldest(errors: unknown[]): number {
    const oldest = this.#closed.shift() as RetiredBag
    this.#running = oldest
    const count = oldest.runAll(errors)
    this.#running = undefined
    this.#spare.push(oldest)
    return count
  }
}
