// The `SharedArrayBuffer` that instrumented modules see: while an execution runs its buffers come from the engine's pool,
// for a new one costs as much as dozens of steps.

import { host } from '../host.js'
import { constructorLike } from './like.js'
import type { Operations } from './operations.js'

export function createSharedArrayBuffer(operations: Operations): SharedArrayBufferConstructor {
  const Real = globalThis.SharedArrayBuffer
  const StandIn: SharedArrayBufferConstructor = constructorLike(
    Real,
    function (...args: [byteLength: number]): SharedArrayBuffer {
      if (new.target === undefined) return (Real as unknown as () => never)()
      const [byteLength] = args
      // Subclasses, buffers that grow, and lengths that the real one must convert or refuse are not pooled.
      const isDirect = (new.target as unknown) === StandIn
      const isPlain = isDirect && args.length === 1 && Number.isSafeInteger(byteLength) && byteLength >= 0
      if (host.current !== undefined && isPlain) return operations.takeBuffer(byteLength)
      return Reflect.construct(Real, args, isDirect ? Real : new.target) as SharedArrayBuffer
    },
    {},
  )
  return StandIn
}
