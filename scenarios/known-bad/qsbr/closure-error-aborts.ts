// H10: an entry that throws ends the run of its bag; what stands behind it is lost.

import { ReclaimError } from '../../../primitives/qsbr/errors.js'
import { LocalManager } from '../../../primitives/qsbr/local-manager.js'
import { VariantManager } from './variant-manager.js'

/** What a bag notes errors in; throws the first one. */
class Aborts extends Array<unknown> {
  override push(error: unknown): number {
    throw new ReclaimError([error])
  }
}

class ClosureErrorAbortsLocalManager extends LocalManager {
  protected override freeDue(word: bigint): number {
    const epoch = this.memory.steps.epochWord.epoch(word)
    this.freeing = true
    try {
      let count = 0
      while (this.bags.closed[0] !== undefined && this.isDue(this.bags.closed[0].tag, epoch)) count += this.bags.runOldest(new Aborts())
      return count
    } finally {
      this.freeing = false
    }
  }
}

export class ClosureErrorAbortsManager extends VariantManager {
  protected override localManagerClass() {
    return ClosureErrorAbortsLocalManager
  }
}
