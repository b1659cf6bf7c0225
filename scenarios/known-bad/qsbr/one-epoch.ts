// H1: a bag is freed when the epoch has moved once since it was closed. A reader that passed before the retirement still holds the object.

import { epochsSince } from '../../../primitives/qsbr/epoch-word.js'
import { LocalManager } from '../../../primitives/qsbr/local-manager.js'
import { VariantManager } from './variant-manager.js'

export class OneEpochLocalManager extends LocalManager {
  protected override isDue(tag: number, epoch: number): boolean {
    return epochsSince(epoch, tag) >= 1
  }
}

export class OneEpochManager extends VariantManager {
  protected override localManagerClass() {
    return OneEpochLocalManager
  }
}
