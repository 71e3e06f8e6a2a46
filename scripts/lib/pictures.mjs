/* global document */
/**
 * The pictures of the guides, in the order in which they are taken: the people of the demonstration (`gec demo`) do
 * what each one shows. `who` is signed in, `on` is the window (desk or phone), `path` the page, `prepare` what is done
 * there first.
 *
 * @typedef {{ name: string, who?: string, on?: 'desk' | 'phone', theme?: 'light' | 'dark', path?: string,
 *   prepare?: (page: import('playwright-core').Page, browser: import('playwright-core').Browser) => Promise<void> }} Picture
 */

const CLERK = 'n.mbombo';
const OFFICE = 'd.kabongo';
const HEAD = 't.kalonji';
const SG = 'p.ilunga';

const LETTER = {
  objet: 'Demande de renouvellement du permis de recherches n° 4821',
  expediteur: 'Société minière de la Lufira',
  numero_reference: 'SML/DG/118/2026',
};

/** An invented letter as a scanner would give it. */
async function scan(browser) {
  const page = await browser.newPage();
  await page.setContent(`<body style="font: 17px/1.7 'Courier New', monospace; margin: 2cm; color: #23262c">
    <b style="font: bold 19px sans-serif">SOCIÉTÉ MINIÈRE DE LA LUFIRA</b><hr>
    <p>${LETTER.numero_reference}<span style="float: right">Likasi, le 18 novembre 2026</span></p>
    <p style="margin-left: 45%">À Monsieur le Secrétaire Général des Mines<br>à KINSHASA/GOMBE</p>
    <p><b>Objet : ${LETTER.objet}</b></p>
    <p>Monsieur le Secrétaire Général,</p>
    <p>Nous avons l’honneur de solliciter le renouvellement du permis cité en marge, qui arrive à échéance
    le 28 février prochain. Le dossier complet est joint à la présente.</p>
    <p>Veuillez agréer, Monsieur le Secrétaire Général, l’expression de notre considération distinguée.</p>
    <p style="margin: 3cm 0 0 60%">Le Directeur général</p></body>`);
  const pdf = await page.pdf({ format: 'A4' });
  await page.close();
  return { name: 'Numérisation 0118.pdf', mimeType: 'application/pdf', buffer: pdf };
}

/** Fills the screen of registration as a clerk does, and leaves the cursor on the way. */
async function fillIn(page, browser) {
  await page.setInputFiles('#pieces', await scan(browser));
  await page.waitForSelector('input[name=pieces]', { state: 'attached' });
  await page.waitForFunction(() =>
    [...document.querySelectorAll('main img')].some(({ naturalWidth }) => naturalWidth > 0),
  );
  for (const [name, text] of Object.entries(LETTER)) await page.fill(`#${name}`, text);
  await page.fill('#date_redaction', '2026-11-18');
  await page.check('[name=secretaire_general_copie][value=oui]');
  await page.keyboard.press('Escape');
}

/** Opens the first letter of a list by the keyboard. */
async function openFirst(page) {
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/mail/**');
}

/** The first link or button of the page that says this. */
const press = (page, words) => page.locator('main').getByText(words, { exact: true }).first().click();

/** @type {readonly Picture[]} */
export const pictures = [
  { name: 'connexion', path: '/login' },
  { name: 'accueil', who: CLERK, path: '/' },
  { name: 'enregistrer', who: CLERK, path: '/courriers/nouveau?flux=ENTRANT', prepare: fillIn },
  {
    name: 'numero',
    who: CLERK,
    prepare: async (page) => {
      await page.keyboard.press('Control+Enter');
      await page.waitForSelector('.big-number');
    },
  },
  {
    name: 'doublon',
    who: CLERK,
    path: '/courriers/nouveau?flux=ENTRANT',
    prepare: async (page, browser) => {
      await fillIn(page, browser);
      await page.getByText('ressemble à').first().waitFor();
    },
  },
  {
    name: 'liste',
    who: SG,
    path: '/view_mail?search=permis',
    prepare: (page) => page.keyboard.press('j'),
  },
  { name: 'courrier', who: SG, path: '/view_mail?search=permis&statut=TRAITE', prepare: openFirst },
  { name: 'transmettre', who: SG, prepare: (page) => press(page, 'Transmettre') },
  { name: 'a-traiter', who: HEAD, path: '/a-traiter' },
  { name: 'notifications', who: HEAD, path: '/notifications' },
  {
    name: 'rapports',
    who: OFFICE,
    path: '/rapports',
    prepare: async (page) => {
      await page.getByText('Exporter en PDF', { exact: true }).last().click();
      await page.locator('main a', { hasText: 'Télécharger' }).first().waitFor();
      await page.goto('/rapports');
    },
  },
  { name: 'corbeille', who: OFFICE, path: '/corbeille' },
  { name: 'profil', who: CLERK, path: '/profil' },
  { name: 'second-facteur', who: CLERK, path: '/profil/second-facteur' },
  {
    name: 'raccourcis',
    who: CLERK,
    path: '/view_mail?type_courrier=ENTRANT',
    prepare: (page) => page.keyboard.press('?'),
  },
  { name: 'courrier-sombre', who: SG, theme: 'dark', path: '/view_mail?search=permis', prepare: openFirst },
  { name: 'liste-telephone', who: CLERK, on: 'phone', path: '/view_mail' },
  { name: 'a-traiter-telephone', who: HEAD, on: 'phone', path: '/a-traiter' },
  {
    name: 'enregistrer-telephone',
    who: CLERK,
    on: 'phone',
    path: '/courriers/nouveau?flux=ENTRANT',
  },
  { name: 'utilisateurs', who: SG, path: '/admin/users' },
  { name: 'role', who: SG, path: '/admin/roles/user' },
  { name: 'departements', who: SG, path: '/admin/departements' },
  { name: 'referentiels', who: SG, path: '/admin/referentiels' },
  { name: 'parametres', who: SG, path: '/settings' },
  { name: 'courriels', who: SG, path: '/admin/courriels/modeles' },
  {
    name: 'securite',
    who: SG,
    prepare: async (page) => {
      // Somebody guesses a password until the account is locked.
      for (let n = 0; n < 9; n++) {
        const form = { email: 'g.ngoie', password: 'mines' };
        await page.context().request.post('/login', { form, maxRedirects: 0 });
      }
      await page.goto('/admin/securite');
    },
  },
  { name: 'journal', who: SG, path: '/admin/logs' },
  { name: 'cles', who: SG, path: '/admin/cles' },
  { name: 'sante', who: SG, path: '/admin/sante' },
  {
    name: 'sauvegardes',
    who: SG,
    path: '/admin/sauvegardes',
    prepare: async (page) => {
      await press(page, 'Créer une clé');
      await page.getByText('GEC-SAUVEGARDE-SECRETE-').first().waitFor();
      await page.goto('/admin/sauvegardes');
      await press(page, 'Sauvegarder maintenant');
      while (!(await page.getByText('réussie').count())) {
        await page.waitForTimeout(500);
        await page.goto('/admin/sauvegardes');
      }
      // The folder of this run says nothing to anybody: the one of the unit of systemd stands there instead.
      await page.getByText('Lieu : ').evaluate((line) => {
        line.textContent = 'Lieu : /var/lib/gec/sauvegardes';
      });
    },
  },
  { name: 'import', who: SG, path: '/admin/import' },
];
