// A new session gets the lease slot of a zombie, and locks the mutex that the zombie still believes to hold.

import { type PeerHandle, scenario } from 'heddle'
import { fencesRise } from '../../invariants/fabric-sync/fences-rise.js'
import { leaseNeverRevives } from '../../invariants/fabric-sync/lease-never-revives.js'
import { noLostUpdate } from '../../invariants/fabric-sync/no-lost-update.js'
import { oneActiveHolder } from '../../invariants/fabric-sync/one-active-holder.js'
import { publishedValueWhole } from '../../invariants/fabric-sync/published-value-whole.js'
import { FabricError, MemBuilder, type MemLease } from '../../primitives/fabric-sync/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { NoRecheck } from '../known-bad/fabric-sync/mutex-no-recheck.js'
import { PlainCellWrite } from '../known-bad/fabric-sync/mutex-plain-cell-write.js'
import { OUTLASTING_MS, wordsOf } from './fabric-world.js'
import { MutexUser } from './mutex-user.js'
import { MutexWorld, mutexOf, shown } from './mutex-world.js'
import { good, type Subject } from './subject.js'

const LEASE_MS = 10
const NEWCOMER = 2
const ATTEMPTS_MAX = 6
const POLLS = 3

export function slotReuse(subject: Subject) {
  return scenario<MutexWorld>(nameFor('fabric-slot-reuse', subject), {
    about: "a new session reuses the zombie's lease slot and locks",
    peers: { zombie: 1, other: 1, newcomer: 1 },
    setup: () => new MutexWorld(subject, { leaseMs: [LEASE_MS, OUTLASTING_MS], latecomers: 1, leaseCapacity: 2 }),
    peer: {
      zombie(world, me) {
        addOnce(MutexUser.of(world, me), world, me)
      },
      other(world, me) {
        addOnce(MutexUser.of(world, me), world, me)
      },
      newcomer(world, me) {
        const lease = acquireLease(world, me)
        if (lease === undefined) return
        me.sometimes('reused a slot')
        addOnce(MutexUser.under(world, me, lease), world, me)
      },
    },
    ...judgedBy(
      subject,
      [oneActiveHolder(wordsOf), fencesRise(mutexOf), publishedValueWhole(mutexOf), noLostUpdate(mutexOf), leaseNeverRevives(wordsOf, mutexOf)],
      ['reused a slot', 'took over from the session before in its slot', 'a release was too late', 'a release was fenced'],
    ),
    ...shown,
  })
}

/** One update, with as many tries as it takes. */
function addOnce(user: MutexUser, world: MutexWorld, me: PeerHandle): void {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const before = world.mutexWords.holder()
    const guard = user.lock(POLLS)
    if (guard === 'Timeout') continue
    if (typeof guard === 'string') return
    me.sometimes(
      'took over from the session before in its slot',
      before !== 0 && user.lease.session.leases.wordIndex(before) === user.lease.session.leases.wordIndex(user.lease.session.reference),
    )
    const refusal = user.addAndRelease(guard)
    me.sometimes('a release was too late', refusal === 'LeaseExpired')
    me.sometimes('a release was fenced', refusal === 'Fenced')
    return
  }
}

/** A lease in whatever slot gets free. */
function acquireLease(world: MutexWorld, me: PeerHandle): MemLease | undefined {
  const fabric = world.fabrics[NEWCOMER]
  if (fabric === undefined) throw new Error('expected the world to have a latecomer')
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    try {
      return new MemBuilder(fabric)
        .holderId(NEWCOMER + 1)
        .leaseMs(OUTLASTING_MS)
        .acquire()
    } catch (error) {
      if (!(error instanceof FabricError && error.kind === 'CapacityExceeded')) throw error
      me.sleep(3)
    }
  }
  return undefined
}

export default [
  slotReuse(good),
  slotReuse({
    ...good,
    name: 'mutex-plain-cell-write',
    cells: PlainCellWrite,
    knownBad: {
      breaks: ['published-value-whole', 'no-lost-update'],
      because: "a zombie's store lands in the cell that a later holder published",
      within: 10_000,
      hazard: 'fabric-sync H4',
      preemptions: 1,
    },
  }),
  slotReuse({
    ...good,
    name: 'mutex-no-recheck',
    cells: NoRecheck,
    knownBad: {
      breaks: ['published-value-whole', 'no-lost-update'],
      because: 'a zombie swaps a word of the cell that a later holder published',
      within: 10_000,
      hazard: 'fabric-sync H4',
      preemptions: 1,
    },
  }),
]
