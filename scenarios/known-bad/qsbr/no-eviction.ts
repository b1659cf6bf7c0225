// H8: a dead executor cannot be removed.

import { VariantManager } from './variant-manager.js'

export class NoEvictionManager extends VariantManager {
  override forceDeregister(): number {
    return this.graceEpoch()
  }
}
