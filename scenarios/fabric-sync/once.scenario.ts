// Three parties want one value. Initialisers throw, die, and outlast their leases.

import { type PeerHandle, scenario } from 'heddle'
import { endedLeaseChangesNothing } from '../../invariants/fabric-sync/ended-lease-changes-nothing.js'
import { onceOutlivesRunner } from '../../invariants/fabric-sync/once-outlives-runner.js'
import { oncePublishesOnce } from '../../invariants/fabric-sync/once-publishes-once.js'
import { judgedBy, nameFor } from '../judged.js'
import { OnceBlindPublish } from '../known-bad/fabric-sync/once-blind-publish.js'
import { OncePlainWrite } from '../known-bad/fabric-sync/once-plain-write.js'
import { OnceStuck } from '../known-bad/fabric-sync/once-stuck.js'
import { OwnByWord } from '../known-bad/fabric-sync/own-by-word.js'
import { wordsOf } from './fabric-world.js'
import { OnceUser } from './once-user.js'
import { goodOnce, type OnceSubject, OnceWorld, onceOf, shownOnce } from './once-world.js'

/** How long the lease of each peer is for, in ms: apart, so that one may end while others run. */
const LEASE_MS = [5, 20, 80]
const ATTEMPTS_MAX = 5
const POLLS = 3

export function once(subject: OnceSubject) {
  return scenario<OnceWorld>(nameFor('fabric-once', subject), {
    about: 'three parties initialise one value, throw, die and expire on the way',
    peers: 3,
    setup: () => new OnceWorld({ leaseMs: LEASE_MS, sessions: subject.sessions }),
    peer(world, me: PeerHandle) {
      const user = OnceUser.of(subject, world, me)
      for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        const refusal = user.getOrInit(POLLS)
        me.sometimes('an initialiser threw', refusal === 'InitialiserError')
        me.sometimes('timed out', refusal === 'Timeout')
        me.sometimes('a result was fenced', refusal === 'Fenced')
        me.sometimes('a lease was over', refusal === 'LeaseExpired')
        if (refusal === undefined) break
        if (refusal !== 'Fenced' && refusal !== 'LeaseExpired') continue
        user.insist()
        if (!user.takeNewLease(LEASE_MS[me.id] as number)) return
      }
      const done = user.get()
      me.sometimes('got it', done)
      me.sometimes('got it after a takeover', done && world.onceWords.attempt() > 1)
    },
    faults: { crashes: 1 },
    ...judgedBy(
      subject,
      [oncePublishesOnce(onceOf), onceOutlivesRunner(onceOf), endedLeaseChangesNothing(wordsOf)],
      ['an initialiser threw', 'timed out', 'a result was fenced', 'a lease was over', 'got it', 'got it after a takeover'],
    ),
    ...shownOnce,
  })
}

export default [
  once(goodOnce),
  once({
    ...goodOnce,
    name: 'own-by-word',
    sessions: OwnByWord,
    knownBad: {
      breaks: ['ended-lease-changes-nothing'],
      because: 'a party asks, and initialises, after its lease ended',
      within: 1000,
      preemptions: 0,
    },
  }),
  once({
    ...goodOnce,
    name: 'once-stuck',
    steps: OnceStuck,
    knownBad: {
      breaks: ['once-outlives-runner'],
      because: 'nobody can tell that the initialiser died, so everybody waits for ever',
      within: 1000,
      hazard: 'fabric-sync H13',
      preemptions: 0,
    },
  }),
  once({
    ...goodOnce,
    name: 'once-plain-write',
    cells: OncePlainWrite,
    knownBad: {
      breaks: ['once-publishes-once'],
      because: 'an initialiser that was replaced writes late, into the value of its successor',
      within: 20_000,
      hazard: 'fabric-sync H14',
      preemptions: 1,
    },
  }),
  once({
    ...goodOnce,
    name: 'once-blind-publish',
    steps: OnceBlindPublish,
    knownBad: {
      breaks: ['once-publishes-once'],
      because: 'an initialiser that was replaced declares the value of its successor done',
      within: 20_000,
      hazard: 'fabric-sync H14',
      preemptions: 1,
    },
  }),
]
