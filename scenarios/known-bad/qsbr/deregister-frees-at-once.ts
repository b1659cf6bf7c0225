// H12: who deregisters frees all that it has retired, without waiting for the others.

import { LocalManager } from '../../../primitives/qsbr/local-manager.js'
import { VariantManager } from './variant-manager.js'

class FreesAtOnceLocalManager extends LocalManager {
  protected override isDue(tag: number, epoch: number): boolean {
    return this.phase === 'left' || super.isDue(tag, epoch)
  }
}

export class DeregisterFreesAtOnceManager extends VariantManager {
  protected override localManagerClass() {
    return FreesAtOnceLocalManager
  }
}
