// Randomness, by whatever name: seeded in an execution, real outside.

import type nodeCrypto from 'node:crypto'
import test from 'ava'
import { createFakeHost, createFakeOperations, during } from './fake-host.test.support.js'
import { randomBelow, randomFraction } from './random.js'
import { createStandIns } from './stand-ins.js'

const { standIns, builtin } = createStandIns(createFakeOperations())
const math = standIns.Math as Math
const web = standIns.crypto as typeof crypto
const node = builtin('node:crypto') as typeof nodeCrypto

const DRAWS: Record<string, () => unknown> = {
  'Math.random': () => math.random(),
  'crypto.getRandomValues': () => web.getRandomValues(new Uint16Array(5)),
  'crypto.randomUUID': () => web.randomUUID(),
  'node:crypto randomUUID': () => node.randomUUID({ disableEntropyCache: true }),
  'node:crypto randomBytes': () => node.randomBytes(9),
  'node:crypto randomInt': () => node.randomInt(1_000_000_007),
  'node:crypto randomInt of a range': () => node.randomInt(10, 2 ** 40),
  'node:crypto randomFillSync': () => node.randomFillSync(new Uint32Array(3)),
  'node:crypto getRandomValues': () => node.getRandomValues(new Uint8Array(8)),
  'node:crypto webcrypto': () => node.webcrypto.getRandomValues(new Uint8Array(8)),
  'globalThis.crypto': () => (standIns.globalThis as typeof globalThis).crypto.getRandomValues(new Uint8Array(8)),
}

for (const [name, draw] of Object.entries(DRAWS)) {
  test(`random: ${name} repeats with the host's stream, moves along it, and is real outside`, (t) => {
    for (const phase of ['setup', 'peer', 'check'] as const) {
      const first = during(createFakeHost(phase), () => [draw(), draw()])
      t.deepEqual(
        during(createFakeHost(phase), () => [draw(), draw()]),
        first,
      )
      t.notDeepEqual(first[0], first[1])
    }
    // Misses with a probability below 10^-8: the smallest draw is one of 10^9.
    t.notDeepEqual(draw(), draw())
  })
}

test('random: UUIDs are of version 4 and both APIs agree', (t) => {
  const uuid = during(createFakeHost(), () => web.randomUUID())
  t.regex(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  t.is(
    during(createFakeHost(), () => node.randomUUID()),
    uuid,
  )
})

test('random: fractions lie in [0, 1) and have 53 bits', (t) => {
  const all = { ...createFakeHost(), randomInt32: () => -1 }
  t.is(randomFraction(all), 1 - 2 ** -53)
  t.is(randomFraction({ ...all, randomInt32: () => 0 }), 0)
})

test('random: integers below a bound come from whole intervals only', (t) => {
  let draws = 0
  // The first draw is the largest 53-bit number, which lies in the incomplete interval of 3.
  const from = { ...createFakeHost(), randomInt32: () => (draws++ < 2 ? -1 : 0) }
  t.is(randomBelow(from, 3), 0)
  t.is(draws, 4)
})

test('random: randomInt of a range begins where it is told', (t) => {
  during({ ...createFakeHost(), randomInt32: () => 0 }, () => t.deepEqual([node.randomInt(5), node.randomInt(-7, 9)], [0, -7]))
})

test('random: randomFillSync fills the part that it is told, in elements', (t) => {
  during(createFakeHost(), () => {
    const array = new Uint16Array(4)
    t.is(node.randomFillSync(array, 1, 2), array)
    t.deepEqual([array[0] === 0, array[1] === 0, array[2] === 0, array[3] === 0], [true, false, false, true])
    t.is(node.randomFillSync(new ArrayBuffer(4) as never as Uint8Array).byteLength, 4)
  })
})

test('random: arguments that the real functions refuse are refused', (t) => {
  during(createFakeHost(), () => {
    t.throws(() => web.getRandomValues(new Float64Array(1) as never), { any: true, name: 'TypeMismatchError' })
    t.throws(() => node.randomInt(5, 5), { instanceOf: RangeError })
    t.throws(() => node.randomBytes(-1), { instanceOf: RangeError })
  })
})

test('random: what is asynchronous, or draws keys, is refused', (t) => {
  during(createFakeHost(), () => {
    t.throws(() => node.randomBytes(4, () => {}), { message: /^crypto\.randomBytes with a callback reaches outside/ })
    t.throws(() => node.randomInt(4, () => {}), { message: /^crypto\.randomInt with a callback/ })
    t.throws(() => node.generateKeySync('hmac', { length: 64 }), { message: /^crypto\.generateKeySync reaches/ })
    t.throws(() => node.pbkdf2('a', 'b', 1, 1, 'sha1', () => {}), { message: /^crypto\.pbkdf2 reaches/ })
    t.throws(() => void web.subtle.digest('SHA-1', new Uint8Array(1)), { message: /^crypto\.subtle\.digest reaches/ })
  })
})

test('random: hashes and other functions of their arguments are the real ones', (t) => {
  during(createFakeHost(), () => {
    t.is(node.createHash('sha1').update('a').digest('hex'), '86f7e437faa5a7fce15d1ddcb9eaeaea377667b8')
    t.true(node.timingSafeEqual(Buffer.of(1), Buffer.of(1)))
    t.is(math.max(1, 2), 2)
  })
})

test('random: subtle works outside an execution', async (t) => {
  t.is((await web.subtle.digest('SHA-1', new Uint8Array(1))).byteLength, 20)
})
