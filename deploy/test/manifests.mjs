// manifests.mjs - the Kubernetes manifests, the ECS task and the Grafana dashboard
// as TypeScript, so that `tsc` says which keys and values their makers do not know,
// and Kubernetes' own schema which values it would refuse.
//
//   node manifests.mjs FOLDER      writes FOLDER/manifests.ts
import fs from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';

const HERE = import.meta.dirname;
const MODULES = `${HERE}/node_modules`;
const PANELS = `${MODULES}/@grafana/schema/dist/esm/raw/composable`;
const folder = process.argv[2];
const read = (name) => fs.readFileSync(path.join(HERE, '..', name), 'utf8');
const lines = [];

// ---- ECS ----

lines.push(
  `import type { RegisterTaskDefinitionCommandInput } from '${MODULES}/@aws-sdk/client-ecs';`,
  `export const task: RegisterTaskDefinitionCommandInput = ${read('ecs/task-definition.json')};`,
);

// ---- Kubernetes ----

for (const [name, kinds] of Object.entries({
  'kubernetes/kolabpad.yaml': ['ConfigMap', 'PersistentVolumeClaim', 'Deployment', 'Service'],
  'kubernetes/kolabpad-cluster.yaml': ['ConfigMap', 'Deployment', 'PodDisruptionBudget', 'Service'],
})) {
  const manifests = parseAllDocuments(read(name)).map((document) => document.toJS());
  const found = manifests.map(({ kind }) => kind);
  if (String(found) !== String(kinds)) throw new Error(`${name} has ${found}, expected ${kinds}`);
  for (const manifest of manifests) {
    const module = `kubernetes-models/${manifest.apiVersion}/${manifest.kind}`;
    const { [manifest.kind]: Kind } = await import(module);
    new Kind(manifest).validate();
    const number = lines.length;
    lines.push(
      `import type { I${manifest.kind} as I${number} } from '${MODULES}/kubernetes-models/${manifest.apiVersion}/${manifest.kind}';`,
      `export const k${number}_${manifest.kind}: I${number} = ${JSON.stringify(manifest)};`,
    );
  }
}

// ---- Grafana ----

// A string in JSON stands for the enum member that has it.
lines.push(
  `import type { AnnotationQuery, Dashboard, DataQuery, Panel } from '${MODULES}/@grafana/schema';`,
  `import type * as Stat from '${PANELS}/stat/panelcfg/x/StatPanelCfg_types.gen';`,
  `import type * as TimeSeries from '${PANELS}/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';`,
  'type Json<T> = T extends string ? `${T}` : T extends object ? { [K in keyof T]: Json<T[K]> } : T;',
  'type Prometheus = DataQuery & { expr: string; legendFormat?: string; instant?: boolean; range?: boolean };',
  'type Typed<Type, Options, Fields = Record<string, never>> =',
  "  Omit<Panel<Options, Fields>, 'type' | 'options' | 'targets'> & { type: Type; options?: Partial<Options>; targets: Prometheus[] };",
  // the Prometheus plug-in's own
  "type Whole = Omit<Dashboard, 'annotations'> & { annotations: { list: (AnnotationQuery & { expr: string })[] } };",
  "type Any = Json<Typed<'stat', Stat.Options> | Typed<'timeseries', TimeSeries.Options, TimeSeries.FieldConfig>>;",
);
const dashboard = JSON.parse(read('grafana/kolabpad.json'));
const panels = dashboard.panels.filter(({ type }) => type !== 'row');
lines.push(
  `export const dashboard: Json<Whole> = ${JSON.stringify(dashboard)};`,
  `export const panels: Any[] = ${JSON.stringify(panels)};`,
);

fs.writeFileSync(path.join(folder, 'manifests.ts'), lines.join('\n'));
