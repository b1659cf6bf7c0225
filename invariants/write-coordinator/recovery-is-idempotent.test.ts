import test from 'ava'
import { recoveryIsIdempotent } from './recovery-is-idempotent.js'
import { CommitStory, type Machine, submissionOf, viewOf } from './write-coordinator.test.kit.js'

/** Number 1 is committed, and the marker of number 2 is written, but not synced. */
function begin(): CommitStory {
  const story = new CommitStory(recoveryIsIdempotent<Machine>(viewOf))
  return story.do((machine) => machine.commit(machine.submission(5)).proof(2, machine.submission(6)).sync('capsules', 'proofs').marker())
}

/** A recovery that counts number 1, and leaves the files as it should. */
const recover = (story: CommitStory) =>
  story
    .tell('invoke', 0, 'recover', [])
    .do((machine) => {
      const last = { commitSeq: 1, epoch: 1, chain: 0n }
      machine.truncate('markers', 128).sync('markers').truncate('proofs', 136).sync('proofs').continueAfter(last).recovered(5)
    })
    .tell('return', 0, 'recover')

test('recovery-is-idempotent: once and again', (t) => {
  t.is(recover(recover(begin().powerFailure()).powerFailure()).message, undefined)
})

test('recovery-is-idempotent: a recovery in set-up is judged too', (t) => {
  const story = begin().powerFailure('markers')
  story.machine.recovered(5)
  t.is(story.step().message, 'recovery came to the tip 1, but the files held markers up to number 2')
})

test('recovery-is-idempotent: the first coordinator is no recovery', (t) => {
  const story = new CommitStory(recoveryIsIdempotent<Machine>(viewOf))
  t.is(story.do((machine) => machine.append('markers', new Uint8Array(64))).message, undefined)
})

test('recovery-is-idempotent: bytes that are left behind the end are found', (t) => {
  const markers = begin().powerFailure('markers').tell('invoke', 0, 'recover', [])
  t.is(
    markers.do((machine) => machine.append('markers', new Uint8Array(64)) && machine.recovered(5, 6)).message,
    'recovery left markers 256 bytes long, expected 192',
  )
  const proofs = begin().powerFailure().tell('invoke', 0, 'recover', [])
  t.is(
    proofs.do((machine) => machine.continueAfter({ commitSeq: 1, epoch: 1, chain: 0n }).recovered(5)).message,
    'recovery left proofs 208 bytes long, expected 136',
  )
})

test('recovery-is-idempotent: a cut that is not synced is found', (t) => {
  const story = begin().powerFailure().tell('invoke', 0, 'recover', [])
  story.do((machine) => machine.truncate('proofs', 136).continueAfter({ commitSeq: 1, epoch: 1, chain: 0n }).recovered(5))
  t.is(story.message, 'recovery left proofs so that a power failure may bring back bytes behind 136')
})

test('recovery-is-idempotent: what is counted but not synced is found', (t) => {
  const story = begin().tell('invoke', 0, 'recover', [])
  t.is(story.do((machine) => machine.recovered(5, 6)).message, 'recovery left markers so that a power failure may take bytes before 192')
})

test('recovery-is-idempotent: an epoch of its own is found', (t) => {
  const story = begin().powerFailure().tell('invoke', 0, 'recover', [])
  t.is(story.do((machine) => machine.recovered(5)).message, 'recovery came to epoch 2, but the last group that counts has 1')
})

test('recovery-is-idempotent: an interrupted recovery that took something with it is found', (t) => {
  const story = begin().powerFailure('markers').tell('invoke', 0, 'recover', [])
  story.do((machine) => machine.truncate('markers', 128).sync('markers')).powerFailure()
  t.is(
    story.tell('invoke', 0, 'recover', []).message,
    'a recovery had markers up to number 2 to count; the next one has markers up to number 1, although nothing was submitted in between',
  )
})

test('recovery-is-idempotent: what is not synced when a recovery begins may be gone when the next one does', (t) => {
  const story = begin().tell('invoke', 0, 'recover', []).powerFailure()
  t.is(recover(story).message, undefined)
})

test('recovery-is-idempotent: numbers that are given in between may add markers', (t) => {
  const story = recover(begin().powerFailure()).submit(0, submissionOf(7), 2)
  story.do((machine) => machine.proof(2, submissionOf(7)).marker({ chainBefore: 0n }))
  t.is(story.powerFailure().tell('invoke', 0, 'recover', []).message, undefined)
})

test('recovery-is-idempotent: capsules that are written in between, or while it runs, are no matter', (t) => {
  const indexFloorOf = (story: CommitStory) => Object.assign(story.machine.recovered(5).coordinator ?? {}, { indexFloor: 1 })
  const between = recover(begin().powerFailure())
    .do((machine) => machine.capsule('late'))
    .powerFailure('capsules')
    .tell('invoke', 0, 'recover', [])
  indexFloorOf(between)
  t.is(between.step().message, undefined)
  const meanwhile = recover(
    begin()
      .powerFailure()
      .tell('invoke', 0, 'recover', [])
      .do((machine) => machine.capsule('late')),
  )
  meanwhile
    .powerFailure('capsules')
    .tell('invoke', 0, 'recover', [])
    .do((machine) => machine.capsule('later'))
  indexFloorOf(meanwhile)
  t.is(meanwhile.step().message, undefined)
})

test('recovery-is-idempotent: a second recovery that comes to another state is found', (t) => {
  const story = recover(begin().powerFailure()).powerFailure().tell('invoke', 0, 'recover', [])
  story.machine.recovered(5)
  Object.assign(story.machine.coordinator ?? {}, { indexFloor: 1 })
  t.regex(story.step().message ?? '', /^a second recovery came to another state: .*"indexFloor":1.*, after .*"indexFloor":0/)
})
