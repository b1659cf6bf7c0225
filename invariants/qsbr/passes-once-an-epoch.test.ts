import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { passesOnceAnEpoch } from './passes-once-an-epoch.js'
import { Manager, viewOf } from './qsbr.test.kit.js'

function begin() {
  const manager = new Manager().word(0, [0, 1]).executor(0, {}).executor(1, {})
  return { manager, story: new Story(passesOnceAnEpoch<Manager>(viewOf), manager).step() }
}

test('passes-once-an-epoch: one pass in each epoch', (t) => {
  const { manager, story } = begin()
  manager.executor(0, { passed: true })
  story.step()
  manager.word(0, [0, 1], [1])
  story.step()
  manager.executor(1, { passed: true })
  story.step()
  manager.word(1, [0, 1]).executor(1, { passed: false, localEpoch: 1 })
  story.step()
  manager.executor(1, { passed: true })
  t.is(story.step().message, undefined)
})

test('passes-once-an-epoch: a second pass in an epoch is found', (t) => {
  const { manager, story } = begin()
  manager.executor(0, { passed: true })
  story.step()
  manager.word(0, [0, 1], [1]).executor(0, { passed: false })
  story.step()
  manager.executor(0, { passed: true })
  t.is(story.step().message, 'peer 0 passes a second time before the others have passed, now as of epoch 0')
})

test('passes-once-an-epoch: an epoch whose number moves late is one epoch', (t) => {
  const { manager, story } = begin()
  // Pending has filled up; the number is still the old one.
  manager.word(0, [0, 1], [1])
  story.step()
  manager.word(0, [0, 1])
  story.step()
  manager.executor(0, { passed: true })
  story.step()
  manager.word(0, [0, 1], [1])
  story.step()
  manager.word(1, [0, 1], [1]).executor(0, { passed: false, localEpoch: 1 })
  story.step()
  manager.executor(0, { passed: true })
  t.is(story.step().message, 'peer 0 passes a second time before the others have passed, now as of epoch 1')
})

test('passes-once-an-epoch: a resume, a leave and a registration begin no epoch, and who resumes may pass again', (t) => {
  const { manager, story } = begin()
  manager.executor(0, { passed: true })
  story.step()
  manager.word(0, [0, 1], [1])
  story.step()
  manager.word(0, [1]).executor(0, { phase: 'paused' })
  story.step()
  manager.word(0, [0, 1]).executor(0, { phase: 'registered', passed: false })
  story.event(0, 'resumed').step()
  manager.executor(0, { passed: true })
  t.is(story.step().message, undefined)
})
