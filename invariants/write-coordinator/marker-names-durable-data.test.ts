import test from 'ava'
import { markerNamesDurableData } from './marker-names-durable-data.js'
import { CommitStory, type Machine, viewOf } from './write-coordinator.test.kit.js'

const begin = () => new CommitStory(markerNamesDurableData<Machine>(viewOf))

test('marker-names-durable-data: both syncs first, then the markers', (t) => {
  const story = begin().do((machine) => {
    const submission = machine.submission(5)
    machine.proof(1, submission).sync('capsules', 'proofs').marker()
  })
  t.is(story.message, undefined)
  t.is(story.do((machine) => machine.sync('markers')).message, undefined)
  // What is appended behind a proof does not make it less durable, although it lies in the same sector.
  t.is(story.do((machine) => machine.proof(2, machine.submission(6))).message, undefined)
})

test('marker-names-durable-data: a marker before the sync of proofs is found, although it is not synced itself', (t) => {
  const story = begin().do((machine) => machine.proof(1, machine.submission(5)).sync('capsules').marker())
  t.is(story.message, 'the marker of number 1 may survive a power failure, but its proof at 64 is not durable')
})

test('marker-names-durable-data: a marker before the sync of capsules is found', (t) => {
  const story = begin().do((machine) => machine.proof(1, machine.submission(5)).sync('proofs').marker())
  t.is(story.message, 'the marker of number 1 may survive a power failure, but its capsule at 64 is not durable')
})

test('marker-names-durable-data: a marker that was cut off may come back until that is synced', (t) => {
  const story = begin().do((machine) => machine.commit(machine.submission(5)))
  story.do((machine) => machine.truncate('markers', 64)).do((machine) => machine.truncate('proofs', 64))
  t.is(story.message, 'the marker of number 1 may survive a power failure, but its proof at 64 is not durable')
  const patient = begin().do((machine) => machine.commit(machine.submission(5)))
  patient.do((machine) => machine.truncate('markers', 64).sync('markers')).do((machine) => machine.truncate('proofs', 64))
  t.is(patient.message, undefined)
})

test('marker-names-durable-data: a proof that is written over is found', (t) => {
  const story = begin().do((machine) => machine.commit(machine.submission(5)))
  t.regex(story.do((machine) => machine.append('proofs', new Uint8Array(8), 64)).message ?? '', /its proof at 64 is not durable/)
})

test('marker-names-durable-data: a marker of a proof of another number is found', (t) => {
  const story = begin().do((machine) => {
    const submission = machine.submission(5)
    machine.proof(1, submission).sync('capsules', 'proofs').marker({ commitSeq: 2 })
  })
  t.regex(story.message ?? '', /marker of number 2 may survive a power failure, but its proof at 0 is not durable/)
})
