// manifests.mjs - the Kubernetes manifests and the ECS task as TypeScript, so that
// `tsc` says which keys their makers do not know, and Kubernetes' own schema
// which values it would refuse.
//
//   node manifests.mjs FOLDER      writes FOLDER/manifests.ts
import fs from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';

const HERE = import.meta.dirname;
const folder = process.argv[2];
const read = (name) => fs.readFileSync(path.join(HERE, '..', name), 'utf8');

const manifests = parseAllDocuments(read('kubernetes/kolabpad.yaml')).map((document) => document.toJS());
const lines = [
  `import type { RegisterTaskDefinitionCommandInput } from '${HERE}/node_modules/@aws-sdk/client-ecs';`,
  `export const task: RegisterTaskDefinitionCommandInput = ${read('ecs/task-definition.json')};`,
];
for (const manifest of manifests) {
  const module = `kubernetes-models/${manifest.apiVersion}/${manifest.kind}`;
  const { [manifest.kind]: Kind } = await import(module);
  new Kind(manifest).validate();
  lines.push(
    `import type { I${manifest.kind} } from '${HERE}/node_modules/kubernetes-models/${manifest.apiVersion}/${manifest.kind}';`,
    `export const k${manifest.kind}: I${manifest.kind} = ${JSON.stringify(manifest)};`,
  );
}
if (manifests.length < 4) throw new Error(`only ${manifests.length} manifests`);
fs.writeFileSync(path.join(folder, 'manifests.ts'), lines.join('\n'));
