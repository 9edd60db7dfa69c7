// Nothing typed is ever lost, doubled or silently diverged: many clients, the
// real server, and everything that can go wrong, from a seed.
//
//   make chaos N=300 SECONDS=30          that many seeds, several side by side
//   make chaos SEED=17                   that one
//   make chaos FAULTS='kill -9,cut'      with these faults only
import { describe } from 'vitest';
import { ONE_SERVER } from './one_server.ts';
import { runs } from './runs.ts';

describe('whatever goes wrong, nothing is lost, doubled or diverges', () => runs(ONE_SERVER, 'make chaos'));
