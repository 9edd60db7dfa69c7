// The same with three servers on one PostgreSQL and a balancer before them, while
// servers, database and the networks between them fail.
//
//   make chaos.cluster N=300 SECONDS=30
//   make chaos.cluster N=1 SEED=17
//   make chaos.cluster FAULTS='owner stands still,partition'
import { describe } from 'vitest';
import { whyNoPostgres } from '../blackbox/support/postgres.ts';
import { CLUSTER } from './cluster.ts';
import { runs } from './runs.ts';

const missing = whyNoPostgres();
const title = `whatever goes wrong with several servers${missing === null ? '' : ` (skipped: ${missing})`}`;

describe.skipIf(missing !== null)(title, () => runs(CLUSTER, 'make chaos.cluster'));
