// H13: the host that evicted a dead executor takes the grace for over, and frees the dead one's slots at once.

import { VariantManager } from './variant-manager.js'

export class ReclaimBeforeGraceManager extends VariantManager {
  override isGraceOver(): boolean {
    return true
  }
}
