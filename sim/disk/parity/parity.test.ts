import test from 'ava'
import { show } from '../../instrument/parity/show.test.support.js'
import { bodies } from './bodies.test.support.js'
import { compare, loadBodies, runAtOnce, runInEngine, runReally, runThroughTwins } from './runner.test.support.js'

test.before(loadBodies)

test('parity: there are a hundred bodies', (t) => {
  t.true(Object.keys(bodies).length >= 100, String(Object.keys(bodies).length))
})

for (const [name, body] of Object.entries(bodies)) {
  compare(`parity: ${name}`, async (t) => {
    const { folder, lines } = runReally(body)
    t.true(lines.length > 0)
    t.deepEqual(runAtOnce(body, folder), lines, 'at once')
    t.deepEqual(runThroughTwins(body, folder), lines, 'through twins')
    const shown = lines.map((line) => show(line))
    for (const mode of ['ahead', 'suspended', 'mixed'] as const) {
      const { lines: stepped, error } = await runInEngine(name, folder, mode)
      t.is(error, undefined, mode)
      t.deepEqual(stepped, shown, mode)
    }
  })
}
