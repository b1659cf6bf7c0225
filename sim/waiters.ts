// Who waits where: the standard's waiter lists, one for each location, first in first out, shared by `wait` and `waitAsync`.

import { integerIndex } from './operation.js'

/** One agent that waits at a location. */
export interface Waiter {
  /** The actor that waits. */
  readonly actor: number
  /** Ends the wait. */
  readonly wake: () => void
}

export class Waiters {
  readonly #lists = new Map<number, Waiter[]>()
  readonly #bufferNumbers = new Map<ArrayBufferLike, number>()

  reset(): void {
    if (this.#lists.size > 0) this.#lists.clear()
    if (this.#bufferNumbers.size > 0) this.#bufferNumbers.clear()
  }

  get count(): number {
    let count = 0
    for (const list of this.#lists.values()) count += list.length
    return count
  }

  add(array: Int32Array | BigInt64Array, index: number, waiter: Waiter): void {
    const key = this.#key(array, index)
    const list = this.#lists.get(key)
    if (list === undefined) this.#lists.set(key, [waiter])
    else list.push(waiter)
  }

  /** Ends a wait without waking; false if it had ended before. */
  remove(waiter: Waiter): boolean {
    for (const [key, list] of this.#lists) {
      const at = list.indexOf(waiter)
      if (at < 0) continue
      list.splice(at, 1)
      if (list.length === 0) this.#lists.delete(key)
      return true
    }
    return false
  }

  /** A crashed agent waits no more. */
  removeActor(actor: number): void {
    for (const [key, list] of this.#lists) {
      const left = list.filter((waiter) => waiter.actor !== actor)
      if (left.length === 0) this.#lists.delete(key)
      else this.#lists.set(key, left)
    }
  }

  /** Wakes the `count` that waited longest; returns how many there were. */
  notify(array: Int32Array | BigInt64Array, index: number, count: number): number {
    if (this.#lists.size === 0) return 0
    const key = this.#key(array, index)
    const list = this.#lists.get(key)
    if (list === undefined) return 0
    const woken = list.splice(0, Math.min(count, list.length))
    if (list.length === 0) this.#lists.delete(key)
    for (const waiter of woken) waiter.wake()
    return woken.length
  }

  #key(array: Int32Array | BigInt64Array, index: number): number {
    let number = this.#bufferNumbers.get(array.buffer)
    if (number === undefined) {
      number = this.#bufferNumbers.size
      this.#bufferNumbers.set(array.buffer, number)
    }
    return number * 2 ** 31 + array.byteOffset + integerIndex(index) * array.BYTES_PER_ELEMENT
  }
}
