// The counter behind the mutex: each peer locks, adds and publishes, twice, while one may die and leases end at any step.

import { type PeerHandle, scenario } from 'heddle'
import { endedLeaseChangesNothing } from '../../invariants/fabric-sync/ended-lease-changes-nothing.js'
import { fencesRise } from '../../invariants/fabric-sync/fences-rise.js'
import { guardReadsPublished } from '../../invariants/fabric-sync/guard-reads-published.js'
import { leaseNeverRevives } from '../../invariants/fabric-sync/lease-never-revives.js'
import { noLostUpdate } from '../../invariants/fabric-sync/no-lost-update.js'
import { oneActiveHolder } from '../../invariants/fabric-sync/one-active-holder.js'
import { publishedValueWhole } from '../../invariants/fabric-sync/published-value-whole.js'
import { judgedBy, nameFor } from '../judged.js'
import { BlindPublish } from '../known-bad/fabric-sync/mutex-blind-publish.js'
import { NoRecheck } from '../known-bad/fabric-sync/mutex-no-recheck.js'
import { PlainCellWrite } from '../known-bad/fabric-sync/mutex-plain-cell-write.js'
import { ReadWriteLock } from '../known-bad/fabric-sync/mutex-read-write-lock.js'
import { UnlockBeforeWrite } from '../known-bad/fabric-sync/mutex-unlock-before-write.js'
import { OwnByWord } from '../known-bad/fabric-sync/own-by-word.js'
import { wordsOf } from './fabric-world.js'
import { MutexUser } from './mutex-user.js'
import { MutexWorld, mutexOf, shown } from './mutex-world.js'
import { good, type Subject } from './subject.js'

/** How long the lease of each peer is for, in ms: apart, so that one may end while others run. */
const LEASE_MS = [10, 40, 100]
const UPDATES = 2
const ATTEMPTS_MAX = 5
const POLLS = 4

export function counter(subject: Subject, peers: number) {
  return scenario<MutexWorld>(nameFor(peers === 2 ? 'fabric-counter' : `fabric-counter, ${peers} peers`, subject), {
    about: 'lock, add, release, twice each, while one dies and leases end',
    peers,
    setup: () => new MutexWorld(subject, { leaseMs: LEASE_MS.slice(0, peers) }),
    peer: addTwice,
    faults: { crashes: 1 },
    ...judgedBy(
      subject,
      [
        oneActiveHolder(wordsOf),
        fencesRise(mutexOf),
        publishedValueWhole(mutexOf),
        noLostUpdate(mutexOf),
        guardReadsPublished(mutexOf),
        endedLeaseChangesNothing(wordsOf),
        leaseNeverRevives(wordsOf, mutexOf),
      ],
      ['published', 'took a lock over', 'a release was fenced', 'a release was too late', 'timed out', 'fenced while it read'],
    ),
    ...shown,
  })
}

function addTwice(world: MutexWorld, me: PeerHandle): void {
  const user = MutexUser.of(world, me)
  let updates = 0
  for (let attempt = 0; attempt < ATTEMPTS_MAX && updates < UPDATES; attempt++) {
    const before = world.mutexWords.holder()
    const guard = user.lock(POLLS)
    if (typeof guard === 'string') {
      me.sometimes('timed out', guard === 'Timeout')
      me.sometimes('fenced while it read', guard === 'Fenced')
      if (guard !== 'Timeout' && !user.takeNewLease(LEASE_MS[me.id] as number)) return
      continue
    }
    me.sometimes('took a lock over', before !== 0)
    me.step('holds the lock')
    const refusal = user.addAndRelease(guard)
    me.sometimes('published', refusal === undefined)
    me.sometimes('a release was fenced', refusal === 'Fenced')
    me.sometimes('a release was too late', refusal === 'LeaseExpired')
    if (refusal === undefined) updates += 1
    else if (!user.takeNewLease(LEASE_MS[me.id] as number)) return
  }
}

export default [
  counter(good, 2),
  counter(good, 3),
  counter(
    {
      ...good,
      name: 'own-by-word',
      sessions: OwnByWord,
      knownBad: {
        breaks: ['ended-lease-changes-nothing'],
        because: 'a party locks, and publishes, after its lease ended',
        within: 1000,
        preemptions: 0,
      },
    },
    2,
  ),
  counter(
    {
      ...good,
      name: 'mutex-read-write-lock',
      steps: ReadWriteLock,
      knownBad: {
        breaks: ['one-active-holder'],
        because: 'both see that nobody holds it, and each writes itself',
        within: 10_000,
        hazard: 'fabric-sync H1',
        preemptions: 2,
      },
      without: ['fences-rise', 'published-value-whole', 'no-lost-update', 'guard-reads-published'],
    },
    2,
  ),
  counter(
    {
      ...good,
      name: 'mutex-blind-publish',
      steps: BlindPublish,
      knownBad: {
        breaks: ['published-value-whole', 'no-lost-update'],
        because: 'a zombie stores the lock word over a later publication',
        within: 5000,
        hazard: 'fabric-sync H3',
        preemptions: 1,
      },
      without: ['fences-rise', 'guard-reads-published'],
    },
    2,
  ),
  counter(
    {
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
      without: ['guard-reads-published'],
    },
    2,
  ),
  counter(
    {
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
      without: ['guard-reads-published'],
    },
    2,
  ),
  counter(
    {
      ...good,
      name: 'mutex-unlock-before-write',
      steps: UnlockBeforeWrite,
      knownBad: {
        breaks: ['no-lost-update'],
        because: 'the next holder reads the value before it is written',
        within: 1000,
        hazard: 'fabric-sync H6',
        preemptions: 1,
      },
      without: ['published-value-whole', 'guard-reads-published'],
    },
    2,
  ),
]
