// The loads of this process, by the modules that they met: code that imports or requires while it runs goes on in the load that it came from.

import { type GraphNode, ModuleGraph } from './module-graph.js'

/** The load that a module belongs to: the latest one that met it. */
const graphs = new Map<string, ModuleGraph>()

/** The load that the user's `file` belongs to; a new one if none has met it. */
export function graphOf(file: string): ModuleGraph {
  let graph = graphs.get(file)
  if (graph === undefined) {
    graph = new ModuleGraph(file, {})
    graphs.set(file, graph)
  }
  return graph
}

/** What a load knows of `file`; undefined if none has met it. */
export function knownModule(file: string): GraphNode | undefined {
  return graphs.get(file)?.get(file)
}

/** Instruments `file` and what it reaches. Throws a LoadError. */
export async function addModule(graph: ModuleGraph, file: string): Promise<GraphNode> {
  const node = await graph.add(file)
  remember(graph)
  return node
}

/** The same, for `require`, which cannot wait. */
export function addModuleSync(graph: ModuleGraph, file: string): GraphNode {
  const known = graph.get(file)
  if (known !== undefined && known.cachedFile !== '') return known
  const node = graph.addSync(file)
  remember(graph)
  return node
}

function remember(graph: ModuleGraph): void {
  for (const { file } of graph.nodes) graphs.set(file, graph)
}
