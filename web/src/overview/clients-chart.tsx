import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import type { OverviewView } from '../../../src/api/overview-contract.ts';
import { Empty } from '../look/page.tsx';
import styles from './clients-chart.module.css';

const height = 180;
const clock = new Intl.DateTimeFormat([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

interface ClientsChartProps {
  readonly curve: OverviewView['clients']['curve'];
}

/** How many clients were connected over the last day; drawn in steps, for a count is what it was until it changed. */
export default function ClientsChart({ curve: samples }: ClientsChartProps) {
  if (samples.length < 2) return <Empty title="The node has just started to count" />;
  const counts = samples.map(({ clients }) => clients);
  return (
    <figure className={styles['figure']}>
      <Plot times={samples.map(({ at }) => Date.parse(at) / 1_000)} counts={counts} />
      <figcaption className={styles['caption']}>
        Now {counts.at(-1)}, at most {Math.max(...counts)}, at least {Math.min(...counts)}.
      </figcaption>
    </figure>
  );
}

function Plot({ times, counts }: { times: readonly number[]; counts: readonly number[] }) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const chart = new uPlot(options(element), [[], []], element);
    plot.current = chart;
    const resized = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    const recoloured = new MutationObserver(() => chart.redraw());
    recoloured.observe(document.documentElement, { attributeFilter: ['data-mantine-color-scheme'] });
    return () => {
      resized.disconnect();
      recoloured.disconnect();
      chart.destroy();
    };
  }, []);
  useEffect(() => plot.current?.setData([[...times], [...counts]]), [times, counts]);
  return <div ref={place} className={styles['chart']} aria-hidden="true" />;
}

function options(element: HTMLElement): uPlot.Options {
  const colour = (name: string) => (): string => getComputedStyle(element).getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: colour('--ink-soft'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  };
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_, __, most) => [0, Math.max(4, Math.ceil(most * 1.1))] } },
    axes: [
      {
        ...axis,
        space: 70,
        incrs: [60, 300, 900, 3_600, 10_800, 21_600],
        values: (_, times) => times.map((seconds) => clock.format(seconds * 1_000)),
      },
      { ...axis, size: 40, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000] },
    ],
    series: [
      {},
      {
        stroke: colour('--ink'),
        width: 2,
        points: { show: false },
        ...(uPlot.paths.stepped === undefined ? {} : { paths: uPlot.paths.stepped({ align: 1 }) }),
      },
    ],
  };
}
