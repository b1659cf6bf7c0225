// H5: who resumes goes on with the local epoch and the passed flag from before the pause. Nor does it check the word against what it did, which
// would stop it at its next pass.

import { EpochSteps } from '../../../primitives/qsbr/epoch-steps.js'
import type { QsbrMemory } from '../../../primitives/qsbr/layout.js'
import { LocalManager } from '../../../primitives/qsbr/local-manager.js'
import { VariantManager, withSteps } from './variant-manager.js'

class ResumeKeepsLocalManager extends LocalManager {
  override resumeAfterTemporaryDeregister(): number {
    const joined = this.memory.steps.join(this.executorId)
    this.phase = 'registered'
    return this.freeDue(joined)
  }
}

class UncheckedSteps extends EpochSteps {
  override isIn(executorId: number, word: bigint): boolean {
    return this.epochWord.isRegistered(word, 1 << executorId)
  }
}

export class ResumeKeepsManager extends VariantManager {
  constructor(memory: QsbrMemory) {
    super(withSteps(memory, UncheckedSteps))
  }

  protected override localManagerClass() {
    return ResumeKeepsLocalManager
  }
}
