// Guards that end with their block, some of them after their lease: the end throws, and the block's caller knows that nothing was published.

import { type PeerHandle, scenario } from 'heddle'
import { endedLeaseChangesNothing } from '../../invariants/fabric-sync/ended-lease-changes-nothing.js'
import type { ReleaseEvent } from '../../invariants/fabric-sync/fabric-events.js'
import { guardReadsPublished } from '../../invariants/fabric-sync/guard-reads-published.js'
import { noLostUpdate } from '../../invariants/fabric-sync/no-lost-update.js'
import type { FabricMutexGuard } from '../../primitives/fabric-sync/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { GuardSwallowsError } from '../known-bad/fabric-sync/guard-swallows-error.js'
import { wordsOf } from './fabric-world.js'
import { MutexUser } from './mutex-user.js'
import { MutexWorld, mutexOf, shown } from './mutex-world.js'
import { good, type Subject } from './subject.js'

const LEASE_MS = [10, 40]
const ATTEMPTS_MAX = 4
const POLLS = 4

export function dispose(subject: Subject) {
  return scenario<MutexWorld>(nameFor('fabric-dispose', subject), {
    about: 'guards that end with their block, past the end of their lease',
    peers: 2,
    setup: () => new MutexWorld(subject, { leaseMs: LEASE_MS }),
    peer: addInBlocks,
    ...judgedBy(
      subject,
      [guardReadsPublished(mutexOf), noLostUpdate(mutexOf), endedLeaseChangesNothing(wordsOf)],
      ['the block published', 'the end of a block threw'],
    ),
    ...shown,
  })
}

function addInBlocks(world: MutexWorld, me: PeerHandle): void {
  const user = MutexUser.of(world, me)
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const guard = user.lock(POLLS)
    if (typeof guard !== 'string') {
      const refusal = addInBlock(user, guard)
      me.sometimes('the block published', refusal === undefined)
      me.sometimes('the end of a block threw', refusal !== undefined)
      if (refusal === undefined) continue
    }
    if (guard !== 'Timeout' && !user.takeNewLease(LEASE_MS[me.id] as number)) return
  }
}

/** Undefined if the block ended well, else the kind of the error. */
function addInBlock(user: MutexUser, taken: FabricMutexGuard<bigint>): string | undefined {
  let release: ReleaseEvent | undefined
  try {
    using guard = taken
    release = user.add(guard)
  } catch (error) {
    if (release === undefined) throw error
    return user.notPublished(release, error)
  }
  user.published(release)
  return undefined
}

export default [
  dispose(good),
  dispose({
    ...good,
    name: 'guard-swallows-error',
    steps: GuardSwallowsError,
    knownBad: {
      breaks: ['guard-reads-published'],
      because: 'the caller believes that the value is published',
      within: 2000,
      hazard: 'fabric-sync H18',
      preemptions: 0,
    },
    without: ['no-lost-update', 'ended-lease-changes-nothing'],
  }),
]
