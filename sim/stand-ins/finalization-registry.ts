// The `FinalizationRegistry` that instrumented modules see: it never calls back for what was registered while an execution ran,
// since the garbage collector answers to no seed. The standard allows that.

import { host } from '../host.js'
import { like } from './like.js'

export function createFinalizationRegistry(): FinalizationRegistryConstructor {
  const Real = globalThis.FinalizationRegistry
  class StandIn<T> extends Real<T> {
    /** Holds what is registered in executions, so that `unregister` answers as it would. */
    readonly #silent = new Real<T>(() => {})

    override register(target: WeakKey, heldValue: T, unregisterToken?: WeakKey): void {
      if (host.current === undefined) super.register(target, heldValue, unregisterToken)
      else this.#silent.register(target, heldValue, unregisterToken)
    }

    override unregister(unregisterToken: WeakKey): boolean {
      const wasSilent = this.#silent.unregister(unregisterToken)
      return super.unregister(unregisterToken) || wasSilent
    }
  }
  like(Real.prototype.register, StandIn.prototype.register)
  return like(Real, StandIn)
}
