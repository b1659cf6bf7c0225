// When invariants are asked, what they are told, and what becomes of their answers.

import test from 'ava'
import { campaignOf, subjectFrom } from './subjects.test.support.js'

const WORDS = 'setup: () => new Int32Array(new SharedArrayBuffer(16))'

/** Ends of campaigns whose peers report an event, add to a word and report another, by the invariant. */
const ENDS: readonly { name: string; invariant: string; remark?: RegExp; failure?: RegExp }[] = [
  { name: 'one that throws', invariant: "everyStep() { throw new TypeError('oops') }", remark: /"subject": invariant "it" threw TypeError: oops/ },
  { name: 'one that throws at the end', invariant: "atEnd() { throw new TypeError('oops') }", remark: /invariant "it" threw TypeError: oops/ },
  { name: 'one that throws at an event', invariant: "onEvent() { throw new TypeError('oops') }", remark: /invariant "it" threw TypeError: oops/ },
  { name: 'one that throws at the begin', invariant: "begin() { throw new Error('oops') }", remark: /begin of invariant "it" threw Error: oops/ },
  { name: 'one that answers with a boolean', invariant: 'everyStep: () => true', remark: /invariant "it".*expected undefined or a sentence, got true/ },
  { name: 'an async one', invariant: 'atEnd: async () => undefined', remark: /invariant "it".*expected undefined or a sentence, got a promise/ },
  { name: 'one that starts a timer', invariant: 'everyStep() { setTimeout(() => {}, 1) }', remark: /started a timer in a check/ },
  {
    name: 'an event that breaks it before the first step',
    invariant: "onEvent: ({ name, step }) => name === 'begins' && step === 0 ? 'heard' : undefined",
    failure: /^violated it: heard$/,
  },
  { name: 'a world that is wrong from the start', invariant: "everyStep: () => 'wrong'", failure: /^violated it: wrong$/ },
]

for (const { name, invariant, remark, failure } of ENDS) {
  for (const strategy of ['random', 'pct'] as const) {
    test.serial(`invariants: ${name} (${strategy})`, async (t) => {
      const subject = await subjectFrom(`export default scenario('subject', { peers: 2, ${WORDS},
        peer(words, me) { me.event('begins'); Atomics.add(words, 0, 1); me.event('ends') },
        invariants: [{ name: 'it', ${invariant} }] })`)
      const result = await campaignOf(subject, { strategy })
      const found = result.failure?.failure
      t.is(result.status, remark === undefined ? 'failed' : 'fault')
      if (remark !== undefined) t.regex(result.remarks.join('\n'), remark)
      if (failure !== undefined) t.regex(`${found?.verdict} ${found?.name}: ${found?.message}`, failure)
    })
  }
}

test.serial('invariants: one for writes sees what code inside one step wrote', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('inside writes', { peers: 1, ${WORDS},
      peer(words) {
        Atomics.load(words, 3);
        [0].map(() => Atomics.store(words, 0, 1))
        Atomics.load(words, 3);
        [0].map(() => Atomics.store(words, 0, 0))
        Atomics.load(words, 3)
      },
      invariants: [{ name: 'never one', when: 'writes', everyStep: (words) => words[0] === 1 ? 'one' : undefined }] })`)
  t.is((await campaignOf(subject)).failure?.failure?.name, 'never one')
})

test.serial('invariants: each step is judged with the id of who took it', async (t) => {
  // Peers add to a word of their own, a recovery to the last one: whoever is said to have taken the step is the only one that changed anything.
  const subject = await subjectFrom(`
    let before = []
    export default scenario('whose step', { peers: 3, ${WORDS},
      peer(words, me) {
        Atomics.load(words, 3)
        for (let n = 0; n < 3; n++) { Atomics.add(words, me.id, 1); me.step('again') }
      },
      recover(words) { Atomics.add(words, 3, 1) },
      faults: { crashes: 1 },
      invariants: [{
        name: 'own word', when: 'writes',
        begin: (words) => { before = [...words] },
        everyStep(words, actor) {
          const changed = before.findIndex((word, at) => word !== words[at])
          before = [...words]
          if (changed === -1) return undefined
          const right = changed === 3 ? actor > 2 : actor === changed
          return right ? undefined : 'word ' + changed + ' was changed by ' + actor
        },
      }] })`)
  for (const strategy of ['random', 'pct'] as const) {
    const { status, failure } = await campaignOf(subject, { strategy })
    t.is(status, 'passed', failure?.failure?.message)
  }
})
