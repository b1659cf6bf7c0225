// Two parties whose clocks are apart by as much as the fabric allows for. While one holds the lock it writes to something outside of the arena.

import { type PeerHandle, scenario } from 'heddle'
import { endedLeaseChangesNothing } from '../../invariants/fabric-sync/ended-lease-changes-nothing.js'
import { expiryNotEarly } from '../../invariants/fabric-sync/expiry-not-early.js'
import { oneActiveHolder } from '../../invariants/fabric-sync/one-active-holder.js'
import { judgedBy, nameFor } from '../judged.js'
import { NoSkewMargin } from '../known-bad/fabric-sync/no-skew-margin.js'
import { wordsOf } from './fabric-world.js'
import { MutexUser } from './mutex-user.js'
import { MutexWorld, shown } from './mutex-world.js'
import { Outside } from './outside.js'
import { good, type Subject } from './subject.js'

const SKEW_MS = 5
const LEASE_MS = [10, 40]
const ATTEMPTS_MAX = 4
const POLLS = 4

class World extends MutexWorld {
  readonly outside = new Outside()
}

export function skew(subject: Subject) {
  return scenario<World>(nameFor('fabric-skew', subject), {
    about: 'two with clocks apart: lock, write outside under the fence, release',
    peers: 2,
    clockSkewMsMax: SKEW_MS,
    setup: () => new World(subject, { leaseMs: LEASE_MS, skewMsMax: SKEW_MS }),
    peer: writeOutside,
    ...judgedBy(
      subject,
      [oneActiveHolder(wordsOf), endedLeaseChangesNothing(wordsOf), expiryNotEarly(wordsOf)],
      ['the clock is ahead', 'took over', 'the outside refused a zombie', 'a release was too late', 'wrote'],
    ),
    ...shown,
  })
}

function writeOutside(world: World, me: PeerHandle): void {
  me.sometimes('the clock is ahead', me.clockAheadMs > 0)
  const user = MutexUser.of(world, me)
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    me.step('wants the lock')
    const held = world.mutexWords.holder() !== 0
    const guard = user.lock(POLLS)
    if (guard === 'Timeout') continue
    if (typeof guard === 'string') return
    me.sometimes('took over', held)
    me.step('works')
    const accepted = world.outside.write(guard.fence, me.id)
    me.sometimes('wrote', accepted)
    me.sometimes('the outside refused a zombie', !accepted)
    const refusal = user.addAndRelease(guard)
    me.sometimes('a release was too late', refusal === 'LeaseExpired')
    return
  }
}

export default [
  skew(good),
  skew({
    ...good,
    name: 'no-skew-margin',
    leases: NoSkewMargin,
    knownBad: {
      breaks: ['expiry-not-early'],
      because: "a fast clock ends a lease that its holder's clock still shows",
      within: 1000,
      hazard: 'fabric-sync H17',
      preemptions: 0,
    },
  }),
]
