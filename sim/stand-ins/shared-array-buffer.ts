// What `new SharedArrayBuffer(…)` calls in instrumented modules: while an execution runs its buffers come from the engine's pool, for a new
// one costs as much as dozens of steps. Its instances are plain SharedArrayBuffers. Nothing else that mentions the class comes here, so
// what the code compares instances with is the class that they are of.

import { host } from '../host.js'
import type { Operations } from './operations.js'

export function createSharedArrayBuffer(operations: Operations): SharedArrayBufferConstructor {
  const Real = globalThis.SharedArrayBuffer
  // A function, not an arrow: it is called with `new`.
  function construct(...args: [byteLength: number]): SharedArrayBuffer {
    const [byteLength] = args
    // Buffers that grow, and lengths that the real one must convert or refuse are not pooled.
    const isPlain = args.length === 1 && Number.isSafeInteger(byteLength) && byteLength >= 0
    return host.current !== undefined && isPlain ? operations.takeBuffer(byteLength) : Reflect.construct(Real, args)
  }
  return construct as unknown as SharedArrayBufferConstructor
}
