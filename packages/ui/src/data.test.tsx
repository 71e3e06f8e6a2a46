import { expect, it } from 'vitest';
import { BarChart } from './data.tsx';
import { renderFragment } from './document.tsx';

it('says of a chart without bars that there is nothing, and of no other', () => {
  const chart = (...values: number[]) =>
    renderFragment(
      <BarChart title="Échecs" data={values.map((value, i) => ({ label: `${i} h`, value }))} />,
      'fr',
    );
  expect(chart(0, 0)).toContain('Rien sur cette période');
  expect(chart(0, 2)).not.toContain('Rien sur cette période');
});
