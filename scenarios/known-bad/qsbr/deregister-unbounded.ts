// H14: who deregisters waits for the others for ever.

import { DeregisterTimeoutError } from '../../../primitives/qsbr/errors.js'
import { LocalManager } from '../../../primitives/qsbr/local-manager.js'
import { VariantManager } from './variant-manager.js'

class UnboundedLocalManager extends LocalManager {
  override deregister(): void {
    for (;;) {
      try {
        super.deregister()
        return
      } catch (error) {
        if (!(error instanceof DeregisterTimeoutError)) throw error
      }
    }
  }
}

export class DeregisterUnboundedManager extends VariantManager {
  protected override localManagerClass() {
    return UnboundedLocalManager
  }
}
