// Shared by the tests of qsbr: several executors in one thread, each with a handle of its own, and the word read behind their backs.

import { hooked } from '../hooked-atomics.test.kit.js'
import { type LocalManager, SharedManager } from './public.js'

/** A clock that is always later than any start. */
export const LATER_MS = 1e12

export interface Setup {
  readonly buffer: SharedArrayBuffer
  /** The handle that `init` returned: nobody registers through it. */
  readonly host: SharedManager
  readonly managers: SharedManager[]
  readonly locals: LocalManager[]
  /** What was freed, in order. */
  readonly freed: unknown[]
  readonly reclaimer: { free(ref: unknown): void }
}

/** A manager with executors 0 to `count - 1`. */
export function setUp(count: number, epochMsMin = 0): Setup {
  const buffer = new SharedArrayBuffer(SharedManager.byteLength())
  const host = SharedManager.init(buffer, 0, { epochMsMin })
  const managers = Array.from({ length: count }, () => SharedManager.attach(buffer, 0))
  const locals = managers.map((manager, id) => manager.registerNewExecutor(id))
  const freed: unknown[] = []
  return { buffer, host, managers, locals, freed, reclaimer: { free: (ref) => freed.push(ref) } }
}

export function at<T>(items: readonly T[], index: number): T {
  const item = items[index]
  if (item === undefined) throw new Error(`expected an item ${index}`)
  return item
}

/** Sets the word: sets as arrays of ids. */
export function writeWord(buffer: SharedArrayBuffer, epoch: number, registered: readonly number[], pending: readonly number[]): void {
  const halves = new Int32Array(buffer, 16, 2)
  halves[0] = (setOf(registered) << 16) | setOf(pending)
  halves[1] = epoch | 0
}

function setOf(ids: readonly number[]): number {
  return ids.reduce((set, id) => set | (1 << id), 0)
}

/** The operations on the word that `fn` does, as `load`, `compareExchange`, `wait`, `notify`. */
export function stepsOf(fn: () => unknown): string[] {
  const steps: string[] = []
  hooked((_, operation, array, index) => {
    const name = `${operation}${array.byteOffset + index * array.BYTES_PER_ELEMENT === 16 ? '' : ' elsewhere'}`
    steps.push(name)
  }, fn)
  return steps
}

/** Runs `other` once, right before the step of `fn` with this number. */
export function interrupted(step: number, other: () => void, fn: () => unknown): void {
  hooked((now) => {
    if (now === step) other()
  }, fn)
}
