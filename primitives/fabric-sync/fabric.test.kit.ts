// Shared by the tests of the fabric: a fabric of its own buffer, a clock that tests move by hand, the names of shared words, and a hook on
// `Atomics` that records steps or lets others run before one.
//
// The hooks work because production code calls `Atomics.load(...)` and `Date.now()` where it uses them; they are in place only while `fn` runs,
// so tests that use them are serial.

import { hooked } from '../hooked-atomics.test.kit.js'
import { Fabric, type FabricOptions, MemBuilder, type MemLease } from './public.js'

export const ARENA_BYTES = 4096

export interface TestFabric {
  readonly buffer: SharedArrayBuffer
  readonly fabric: Fabric
}

/** A fabric of 4,096 arena bytes unless told otherwise. */
export function newFabric(options: Partial<FabricOptions> = {}, base = 0): TestFabric {
  const all = { arenaBytes: ARENA_BYTES, leaseCapacity: 4, rangeCapacity: 4, ...options }
  const buffer = new SharedArrayBuffer(base + Fabric.byteLength(all))
  return { buffer, fabric: Fabric.create(buffer, base, all) }
}

/** A lease of the fabric, through a handle of its own. */
export function leaseOf({ buffer }: TestFabric, holderId: number, leaseMs = 1000): MemLease {
  return new MemBuilder(Fabric.attach(buffer, 0)).leaseMs(leaseMs).holderId(holderId).acquire()
}

/** `Date.now()` while {@link withClock} runs; tests set it. */
export interface TestClock {
  nowMs: number
}

/** Runs `fn` with a clock that stands still unless `fn` moves it. It starts at 1,000,000 ms. */
export function withClock<R>(fn: (clock: TestClock) => R): R {
  const real = Date.now
  const clock = { nowMs: 1_000_000 }
  Date.now = () => clock.nowMs
  try {
    return fn(clock)
  } finally {
    Date.now = real
  }
}

/** The atomic steps that `fn` takes, as `load lease[0]`, `compareExchange arena+32`. The fabric begins at offset 0 of its buffer. */
export function stepsOf(fabric: Fabric, fn: () => unknown): string[] {
  const steps: string[] = []
  hooked((_, operation, array, index) => steps.push(`${operation} ${nameOf(fabric, index * array.BYTES_PER_ELEMENT)}`), fn)
  return steps
}

/** Names the word at a byte offset from the fabric's begin, by the specification's section 3. */
function nameOf(fabric: Fabric, byteOffset: number): string {
  const leases = 64
  const ranges = leases + Math.ceil((8 * fabric.leaseCapacity) / 64) * 64
  const arena = Fabric.byteLength({ ...fabric.memory.format }) - fabric.arenaBytes
  if (byteOffset === 20) return 'closed'
  if (byteOffset < leases) return `header+${byteOffset}`
  if (byteOffset < ranges) return `lease[${(byteOffset - leases) / 8}]`
  if (byteOffset < arena) return `range[${(byteOffset - ranges) / 8}]`
  return `arena+${byteOffset - arena}`
}

/** Runs `fn`, and all of `other` before its atomic step `pauseStep`. What `fn` throws is returned. */
export function interrupted(pauseStep: number, fn: () => unknown, other: () => unknown): unknown {
  try {
    hooked((step) => {
      if (step === pauseStep) other()
    }, fn)
    return undefined
  } catch (error) {
    return error
  }
}

/** The kind of a FabricError, or the name of any other error; undefined if `fn` returns. */
export function errorOf(fn: () => unknown): string | undefined {
  try {
    fn()
    return undefined
  } catch (error) {
    if (!(error instanceof Error)) return String(error)
    return 'kind' in error ? String(error.kind) : error.name
  }
}
