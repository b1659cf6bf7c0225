// The `WeakRef` that instrumented modules see: made while an execution runs, it holds its target for as long as the reference itself
// lives, since the garbage collector answers to no seed. The standard allows a collector that never collects.

import { host } from '../host.js'
import { constructorLike } from './like.js'

export function createWeakRef(): WeakRefConstructor {
  const Real = globalThis.WeakRef
  /** Target of each reference that was made in an execution: the map keeps it while the reference is alive. */
  const targets = new WeakMap<object, unknown>()
  const StandIn: WeakRefConstructor = constructorLike(
    Real,
    function (...args: [WeakKey]) {
      if (new.target === undefined) return (Real as unknown as () => never)()
      const reference = Reflect.construct(Real, args, new.target) as WeakRef<WeakKey>
      if (host.current !== undefined) targets.set(reference, args[0])
      return reference
    },
    {},
  )
  return StandIn
}
