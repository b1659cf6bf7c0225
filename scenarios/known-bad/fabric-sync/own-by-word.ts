// A party's check of its own lease looks at the word alone: as long as nobody has marked the lease, it runs. What the party then calls works
// after its lease ended, by everybody's clock.

import { ACTIVE, generationOf, stateOf } from '../../../primitives/fabric-sync/lease-word.js'
import { Session } from '../../../primitives/fabric-sync/session.js'

export class OwnByWord extends Session {
  override own(): bigint {
    const word = this.leases.load(this.reference)
    const high = this.memory.pair.high(word)
    const runs = stateOf(high) === ACTIVE && generationOf(high) === generationOf(this.reference)
    return runs ? word : super.own()
  }
}
