'use strict';
(() => {
  const filter = document.getElementById('filter');
  if (!filter) return; // no case ran
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const cells = all('.cell'), rows = all('.grid tbody tr'), toggles = all('.toggle');
  const heads = all('.grid thead th').slice(2), articles = all('#failures article');
  const names = heads.map(th => th.textContent.toLowerCase());

  // A word that is a kernel's name means that kernel: "6.1" is not 6.12.
  const fits = (cell, words) => words.every(word => {
    const column = names.indexOf(word);
    if (column >= 0) return cell.closest('td').cellIndex - 2 === column;
    return cell.dataset.words.includes(word);
  });

  function apply() {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdicts = toggles.filter(t => t.ariaPressed === 'true').map(t => t.dataset.verdict);
    const columns = new Set(), refs = new Set();
    let shown = 0;
    for (const cell of cells) {
      cell.hidden = !(fits(cell, words) && (verdicts.length === 0 || verdicts.includes(cell.dataset.verdict)));
      if (cell.hidden) continue;
      shown++;
      columns.add(cell.closest('td').cellIndex);
      refs.add('case-' + cell.dataset.case);
    }
    let lesson = '';
    for (const row of rows) {
      row.hidden = !row.querySelector('.cell:not([hidden])');
      for (const td of all('td', row)) td.hidden = !columns.has(td.cellIndex);
      if (row.hidden) continue;
      const name = row.querySelector('.lesson span'); // told where it changes among the rows that are left
      name.classList.toggle('again', name.textContent === lesson);
      lesson = name.textContent;
    }
    heads.forEach((th, i) => { th.hidden = !columns.has(i + 2); });
    for (const article of articles) article.hidden = !refs.has(article.id);
    document.querySelector('.grid').hidden = shown === 0;
    document.getElementById('nothing').hidden = shown > 0;
    document.getElementById('shown').textContent = shown + ' of ' + cells.length + ' shown';
    reach(cells.find(c => !c.hidden && c.tabIndex === 0) || cells.find(c => !c.hidden));
  }

  // One cell can be reached by Tab; arrow keys go on from there.
  function reach(cell) {
    for (const c of cells) c.tabIndex = c === cell ? 0 : -1;
  }

  function move(cell, key) {
    const visible = cells.filter(c => !c.hidden);
    if (key === 'Home') return visible[0];
    if (key === 'End') return visible[visible.length - 1];
    const row = cell.closest('tr'), column = cell.closest('td').cellIndex;
    if (key === 'ArrowLeft' || key === 'ArrowRight') {
      const inRow = visible.filter(c => c.closest('tr') === row);
      return inRow[inRow.indexOf(cell) + (key === 'ArrowRight' ? 1 : -1)];
    }
    const inColumn = visible.filter(c => c.closest('td').cellIndex === column);
    return inColumn[inColumn.indexOf(cell) + (key === 'ArrowDown' ? 1 : -1)];
  }

  const dialog = document.getElementById('dialog'), body = document.getElementById('dialog-body');

  function open(id) {
    const source = document.getElementById(id);
    if (!source) return;
    body.replaceChildren((source.content || source).cloneNode(true));
    for (const place of all('[data-transcript]', body)) {
      place.replaceWith(document.getElementById('transcript-' + place.dataset.transcript).content.cloneNode(true));
    }
    all('[id]', body).forEach(e => e.removeAttribute('id'));
    const copy = body.querySelector('article');
    if (copy) { copy.hidden = false; copy.className = ''; }
    const title = body.querySelector('h3');
    document.getElementById('dialog-title').replaceChildren(...title.childNodes);
    title.remove();
    dialog.showModal();
    dialog.scrollTop = 0;
  }

  filter.addEventListener('input', apply);
  for (const t of toggles) {
    t.addEventListener('click', () => { t.ariaPressed = t.ariaPressed === 'true' ? 'false' : 'true'; apply(); });
  }
  document.getElementById('reset').addEventListener('click', () => {
    filter.value = '';
    for (const t of toggles) t.ariaPressed = 'false';
    apply();
    filter.focus();
  });
  document.querySelector('.grid').addEventListener('click', e => {
    const cell = e.target.closest('.cell');
    if (!cell) return;
    reach(cell);
    open('case-' + cell.dataset.case);
  });
  document.querySelector('.grid').addEventListener('keydown', e => {
    const cell = e.target.closest('.cell');
    if (!cell || e.ctrlKey || e.altKey || e.metaKey || !/^(Arrow|Home$|End$)/.test(e.key)) return;
    e.preventDefault();
    const next = move(cell, e.key);
    if (next) { reach(next); next.focus(); }
  });
  for (const b of all('.open')) b.addEventListener('click', () => open('case-' + b.dataset.case));
  document.getElementById('close').addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', e => { if (e.target === dialog) dialog.close(); }); // beside it
  addEventListener('beforeprint', () => all('#failures details').forEach(d => { d.open = true; }));
  apply();
})();
