import { LIGHT } from './palette.ts';

/**
 * The page's only script: a cursor over all charts at once, moved by pointer or arrow keys, that puts the values beside
 * it into the legends; and the button that copies the configuration. The page is whole without it.
 */
export const CURSOR_SCRIPT = `
'use strict';
(() => {
  const copy = document.querySelector('.copy');
  if (copy && navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener('click', async () => {
      await navigator.clipboard.writeText(document.querySelector('.json').textContent);
      copy.textContent = 'Copied';
    });
  }

  const source = document.getElementById('curve-data');
  if (!source) return;
  const { low, high, charts } = JSON.parse(source.textContent);
  const speech = document.getElementById('cursor-speech');
  const draw = (parent, name, attributes) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return parent.appendChild(element);
  };
  const nearest = (steps, step) => {
    let from = 0;
    let to = steps.length - 1;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (steps[middle] < step) from = middle + 1;
      else to = middle;
    }
    return from > 0 && step - steps[from - 1] < steps[from] - step ? from - 1 : from;
  };

  const figures = [...document.querySelectorAll('.chart')].map((figure, index) => {
    const plot = figure.querySelector('.plot');
    const readings = [...figure.querySelectorAll('.reading')];
    return {
      plot,
      title: figure.querySelector('h3').textContent,
      labels: readings.map((reading) => reading.parentElement.querySelector('span').textContent),
      at: figure.querySelector('.at'),
      readings,
      lastTexts: readings.map((reading) => reading.textContent),
      series: charts[index],
      line: plot && draw(plot, 'line', { class: 'cursor', y1: '0', y2: '100%', hidden: '' }),
      dots: plot ? charts[index].map((_, place) => draw(plot, 'circle', { class: 'dot s' + (place % ${LIGHT.series.length}), r: '4', hidden: '' })) : [],
    };
  });
  const grouped = (step) => String(step).replace('-', '\\u2212').replace(/\\B(?=(\\d{3})+$)/g, ',');
  const across = (step) => ((step - low) / (high - low)) * 100 + '%';
  const toggle = (element, shown) => (shown ? element.removeAttribute('hidden') : element.setAttribute('hidden', ''));

  let current;
  const show = (step) => {
    current = step;
    for (const { plot, at, readings, series, line, dots } of figures) {
      if (!plot) continue;
      at.textContent = 'near step ' + grouped(step);
      line.setAttribute('x1', across(step));
      line.setAttribute('x2', across(step));
      toggle(line, true);
      series.forEach(({ steps, heights, texts }, place) => {
        const index = nearest(steps, step);
        const within = steps[0] <= step && step <= steps[steps.length - 1];
        const height = within ? heights[index] : null;
        readings[place].textContent = within ? texts[index] : '\\u2013';
        toggle(dots[place], height !== null);
        if (height === null) return;
        dots[place].setAttribute('cx', across(steps[index]));
        dots[place].setAttribute('cy', height);
      });
    }
  };
  const clear = () => {
    current = undefined;
    for (const { at, readings, lastTexts, line, dots, plot } of figures) {
      if (!plot) continue;
      at.textContent = '';
      readings.forEach((reading, place) => (reading.textContent = lastTexts[place]));
      for (const element of [line, ...dots]) toggle(element, false);
    }
  };

  for (const { plot, title, labels, readings, series } of figures) {
    if (!plot) continue;
    const stops = [...new Set(series.flatMap(({ steps }) => steps))].sort((one, other) => one - other);
    const follow = (event) => {
      const box = plot.getBoundingClientRect();
      const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
      show(stops[nearest(stops, low + share * (high - low))]);
    };
    plot.addEventListener('pointermove', follow);
    plot.addEventListener('pointerdown', follow);
    plot.addEventListener('pointerleave', clear);
    plot.addEventListener('blur', clear);
    plot.setAttribute('tabindex', '0');
    plot.addEventListener('keydown', (event) => {
      const here = current === undefined ? stops.length - 1 : nearest(stops, current);
      const moves = { ArrowLeft: here - 1, ArrowRight: here + 1, PageUp: here - 20, PageDown: here + 20, Home: 0, End: stops.length - 1 };
      if (event.key === 'Escape') return clear();
      if (!(event.key in moves)) return;
      event.preventDefault();
      show(stops[Math.min(stops.length - 1, Math.max(0, moves[event.key]))]);
      speech.textContent = title + ', near step ' + grouped(current) + ': ' + labels.map((label, place) => label + ' ' + readings[place].textContent).join(', ');
    });
  }
})();
`;
