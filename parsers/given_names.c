/* given_names - see given_names.h. Folded, in alphabetical order. */
#include "parsers/given_names.h"

#include <stdlib.h>
#include <string.h>

#include "parsers/fold.h"

/* Hardly anybody's family name. */
// clang-format off
static const char *const sure[] = {
    "aaron", "abigail", "adelaide", "adele", "adeline", "adrian", "adrien", "adrienne", "agathe",
    "agnes", "aicha", "aiko", "aisha", "akane", "akemi", "akihiko", "akihiro", "akiko", "akira",
    "alain", "alan", "alastair", "alban", "alejandro", "alexandra", "alexandre", "alexia",
    "alexis", "alice", "alicia", "aline", "alison", "alix", "amanda", "amandine", "amelie",
    "amina", "amy", "ana", "anais", "anastasia", "andrea", "andrew", "ange", "angela", "angele",
    "angelique", "angus", "anita", "anna", "annabelle", "anne", "annette", "annick", "annie",
    "anthony", "antoine", "antoinette", "antony", "ariane", "arjun", "arlette", "armelle",
    "arthur", "arvind", "asami", "ashley", "astrid", "atsuko", "atsushi", "aude", "audrey",
    "aurelia", "aurelie", "aurelien", "aurore", "axel", "axelle", "ayaka", "ayako", "aymeric",
    "ayumi", "barbara", "beatrice", "becky", "ben", "benedicte", "benjamin", "berangere",
    "bernadette", "bertrand", "beth", "bjorn", "blandine", "boris", "brenda", "brian", "brice",
    "bridget", "brigitte", "bruno", "camille", "capucine", "carine", "carl", "carlos", "carmen",
    "carol", "carole", "caroline", "catherine", "cathy", "cecile", "cedric", "celia", "celine",
    "chantal", "charlene", "charlotte", "cheryl", "chieko", "chiharu", "chihiro", "chloe",
    "chris", "christel", "christelle", "christian", "christiane", "christina", "christine",
    "christophe", "christopher", "cindy", "claire", "clara", "clarisse", "claudia", "clemence",
    "clementine", "clive", "clothilde", "clotilde", "colette", "colin", "coralie", "corentin",
    "corinne", "craig", "cynthia", "cyril", "cyrille", "daisuke", "daisy", "damien", "daniela",
    "danielle", "darren", "dave", "deborah", "declan", "delphine", "denise", "derek", "diana",
    "diane", "didier", "dieter", "dinah", "dominique", "donald", "donna", "doris", "dorothee",
    "dorothy", "doug", "douglas", "duncan", "edith", "edouard", "edward", "eiji", "eiko",
    "eileen", "eleanor", "elena", "eleonore", "eliane", "elisa", "elisabeth", "elise",
    "elizabeth", "elke", "ellen", "elodie", "eloise", "emeline", "emi", "emiko", "emilie",
    "emilien", "emily", "emma", "emmanuel", "emmanuelle", "enzo", "eri", "eric", "erika", "eriko",
    "erwan", "estelle", "esther", "ethan", "etsuko", "eugenie", "eva", "eve", "evelyn", "evelyne",
    "fabien", "fabienne", "fabrice", "fanny", "farid", "fatiha", "fatima", "fatoumata",
    "fernando", "fiona", "flora", "florence", "florent", "florian", "france", "frances",
    "francesca", "francesco", "francine", "franck", "francois", "francoise", "franz", "fred",
    "frederic", "frederique", "fumiko", "fumio", "gabrielle", "gaelle", "gaetan", "gareth",
    "gary", "gavin", "gemma", "genevieve", "geoff", "geoffrey", "gerald", "geraldine", "gerhard",
    "ghislaine", "giles", "gillian", "ginette", "giovanni", "gisele", "giulia", "giuseppe",
    "glen", "grace", "greg", "gregory", "gunther", "gwenaelle", "gwendoline", "habiba", "hajime",
    "hakim", "hamid", "hannah", "hans", "harriet", "haruka", "haruki", "haruko", "haruto",
    "hassan", "heather", "heidi", "heike", "heinz", "helen", "helene", "helga", "heloise",
    "henrik", "herve", "hideaki", "hideki", "hideko", "hideo", "hideyuki", "hiroaki", "hiroki",
    "hiroko", "hiromi", "hiroshi", "hiroto", "hiroyuki", "hisashi", "hitomi", "hitoshi", "holly",
    "hortense", "howard", "hugh", "hugo", "ian", "ichiro", "ines", "ingrid", "irene", "iris",
    "isabella", "isabelle", "isaline", "isamu", "isla", "ivan", "jackie", "jacob", "jacqueline",
    "jake", "jamel", "jan", "jane", "janet", "janice", "jason", "javier", "jeanne", "jeannine",
    "jeff", "jeffrey", "jenna", "jennifer", "jenny", "jens", "jeremie", "jeremy", "jessica",
    "jill", "jim", "jiro", "joan", "joanna", "joanne", "joao", "jocelyne", "joe", "joel",
    "joelle", "johan", "johann", "johanna", "johannes", "john", "joji", "jonathan", "jorge",
    "jose", "josephine", "josette", "joshua", "josiane", "joyce", "juan", "judith", "judy",
    "jules", "julia", "julian", "julie", "juliette", "june", "junichi", "junko", "jurgen",
    "justine", "kai", "kaori", "kaoru", "karen", "karim", "karima", "karine", "karl", "katarina",
    "kate", "katherine", "kathleen", "kathryn", "katia", "katie", "katsuhiko", "katsumi", "kayo",
    "kayoko", "kazuhiko", "kazuhiro", "kazuki", "kazuko", "kazumi", "kazuo", "kazuya", "kazuyuki",
    "keiichi", "keiji", "keiko", "keisuke", "keith", "ken", "kenichi", "kenji", "kenjiro",
    "kenneth", "kenta", "kentaro", "kerry", "kevin", "khadija", "kimiko", "kirsten", "kiyoko",
    "kiyoshi", "klaus", "koichi", "koji", "kosuke", "kristin", "kumiko", "kyoko", "laetitia",
    "larry", "lars", "laura", "laure", "lauren", "laurence", "leah", "leila", "lena", "leo",
    "leonard", "leonie", "leopold", "leslie", "liam", "liliane", "lina", "linda", "lindsay",
    "lionel", "lisa", "liz", "loic", "lola", "lorenzo", "lorna", "lorraine", "louisa", "louise",
    "luc", "luca", "lucie", "lucien", "lucienne", "lucy", "ludivine", "ludovic", "luis", "luisa",
    "luke", "lydia", "lydie", "lynn", "mael", "maeva", "magali", "maggie", "maki", "makiko",
    "makoto", "malcolm", "malik", "mami", "manabu", "mandy", "manon", "manuel", "manuela", "marc",
    "marcelle", "marco", "margaret", "margaux", "margot", "marguerite", "maria", "mariama",
    "marianne", "mariko", "marina", "marine", "mario", "marion", "marius", "marjorie", "markus",
    "marlene", "marta", "marthe", "martine", "mary", "maryline", "maryse", "maryvonne",
    "masahiko", "masahiro", "masaki", "masako", "masami", "masanori", "masao", "masaru",
    "masashi", "masato", "masatoshi", "masayuki", "mathilde", "matteo", "matthew", "maud",
    "maureen", "maxence", "maxime", "mayumi", "medhi", "megan", "megumi", "mehdi", "mei",
    "melanie", "melinda", "melissa", "michele", "micheline", "michelle", "michiko", "mickael",
    "midori", "mieko", "miguel", "mihai", "mika", "mike", "miki", "mikiko", "minako", "minoru",
    "miranda", "mireille", "misaki", "mitsuko", "mitsuru", "miwako", "miyuki", "mizuho",
    "mohamed", "mohammed", "moira", "molly", "momoko", "monica", "monika", "monique", "morgane",
    "motoko", "mounir", "mustapha", "myriam", "nabil", "nadege", "nadia", "nadine", "nanako",
    "nancy", "naoki", "naoko", "naomi", "naoto", "nassim", "natacha", "natalie", "natasha",
    "nathalie", "nathan", "natsuko", "natsumi", "neil", "niamh", "nicholas", "nick", "nicola",
    "nicole", "nigel", "nina", "noboru", "nobuko", "nobuyuki", "noemie", "nora", "nordine",
    "noriko", "norio", "oceane", "odette", "odile", "olaf", "olga", "oliver", "olivia", "ophelie",
    "oriane", "osamu", "owen", "pam", "pamela", "paolo", "pascale", "pascaline", "pat", "patrice",
    "patricia", "patrick", "paula", "paulette", "pauline", "pedro", "penelope", "penny",
    "perrine", "peter", "petra", "phil", "philippa", "philippine", "phoebe", "pierrette",
    "pietro", "priya", "quentin", "rachel", "rachid", "rafael", "raj", "raphael", "raphaelle",
    "ravi", "rebecca", "regine", "reiko", "rejane", "renaud", "renee", "rhiannon", "rhys",
    "ricardo", "rie", "rieko", "rika", "rina", "risa", "rita", "robyn", "rodolphe", "romain",
    "romane", "rosa", "rosalie", "rosemary", "rosie", "rowan", "roxane", "ruriko", "ruth", "ryan",
    "ryo", "ryoichi", "ryoko", "ryosuke", "ryota", "ryuichi", "sabine", "sabrina", "sachiko",
    "said", "saki", "sakura", "salima", "sally", "salome", "samantha", "samia", "samir", "samira",
    "samuel", "sandra", "sandrine", "sandy", "sanjay", "sara", "sarah", "satoko", "satomi",
    "satoru", "satoshi", "sayaka", "sayuri", "sean", "sebastien", "seiichi", "seiji", "serge",
    "sergio", "setsuko", "severine", "shannon", "sharon", "sheila", "shigeo", "shigeru",
    "shinichi", "shinji", "shinya", "shirley", "shizuka", "shizuko", "sho", "shoichi", "shoji",
    "shoko", "shota", "shun", "shunsuke", "sian", "sidonie", "silvia", "simone", "siobhan",
    "soizic", "solange", "solene", "sonia", "sophie", "stanislas", "stella", "stephane",
    "stephanie", "stephen", "steve", "steven", "stuart", "sue", "sumiko", "sunita", "susan",
    "susumu", "suzanne", "sven", "sylvain", "sylvette", "sylviane", "sylvie", "tadashi", "taichi",
    "takahiro", "takako", "takanori", "takao", "takashi", "takayuki", "takeo", "takeshi",
    "takuma", "takuya", "tamiko", "tamotsu", "tanguy", "tanya", "tara", "taro", "tatiana",
    "tatjana", "tatsuya", "teresa", "tetsuo", "tetsuya", "theo", "theresa", "therese", "thibaud",
    "thibaut", "thierry", "tim", "timothy", "tina", "tiphaine", "tobias", "toby", "tom",
    "tomohiro", "tomoko", "tomomi", "tomoyuki", "tony", "torsten", "toru", "toshiaki", "toshiko",
    "toshio", "toshiyuki", "tracey", "trevor", "tsutomu", "tsuyoshi", "ulysse", "ursula", "uwe",
    "valentin", "valentine", "valerie", "vanessa", "vera", "veronica", "veronique", "victoire",
    "victoria", "vikram", "violaine", "virginie", "viviane", "wendy", "whitney", "wilfried",
    "wolfgang", "yacine", "yann", "yannick", "yasmina", "yasmine", "yasuhiro", "yasuko", "yasuo",
    "yasushi", "yayoi", "yoann", "yohann", "yoichi", "yoko", "yolande", "yoshiaki", "yoshihiro",
    "yoshiko", "yoshio", "yoshiyuki", "yosuke", "youssef", "yuichi", "yuji", "yuka", "yukari",
    "yukie", "yukiko", "yukio", "yuko", "yumi", "yumiko", "yuri", "yuriko", "yusuke", "yuta",
    "yutaka", "yutaro", "yves", "yvette", "yvon", "yvonne", "zineb", "zoe",};

/* Family names as often. */
static const char *const either[] = {
    "adam", "albert", "andre", "armand", "arnaud", "arnold", "aubert", "auguste", "austin",
    "baptiste", "barthelemy", "basile", "bastien", "benoit", "bernard", "blaise", "bonnet",
    "bruce", "charles", "clement", "constant", "cyprien", "dan", "daniel", "david",
    "denis", "dennis", "elliott", "emile", "ernest", "etienne", "eugene", "felix", "ferdinand",
    "fernand", "francis", "frank", "gabriel", "gaston", "gauthier", "gautier", "geoffroy",
    "george", "georges", "gerard", "germain", "gilbert", "gilles", "gordon", "graham", "gregoire",
    "guillaume", "guy", "harry", "henri", "henry", "hubert", "hugues", "jack", "jacques", "james",
    "jean", "jerome", "jordan", "joseph", "julien", "justin", "kelly", "kim", "lambert",
    "laurent", "lee", "leon", "lewis", "louis", "lucas", "marcel", "marie", "martin", "mathias",
    "mathieu", "matthieu", "maurice", "max", "michel", "morgan", "murray", "nicolas", "noel",
    "norbert", "olivier", "oscar", "pascal", "paul", "perrin", "philip", "philippe", "pierre",
    "raoul", "raymond", "regis", "remi", "remy", "rene", "richard", "robert", "robin", "roger",
    "roland", "rose", "ross", "roy", "simon", "stanley", "theodore", "thibault", "thomas",
    "tristan", "urbain", "victor", "vincent", "walter", "william", "xavier",};
// clang-format on

static int compare(const void *key, const void *item) {
  return strcmp(key, *(const char *const *)item);
}

static gboolean is_among(const char *word, const char *const *names, gsize count) {
  return bsearch(word, names, count, sizeof *names, compare) != NULL;
}

GivenName given_name_of(const char *name) {
  g_autofree char *words = fold_words(name);
  words[strcspn(words, " ")] = '\0'; /* "Jean-Pierre" is a given name for Jean's sake */
  if (is_among(words, sure, G_N_ELEMENTS(sure))) return GIVEN_NAME_SURE;
  gboolean compound = strchr(name, '-') != NULL;
  if (!is_among(words, either, G_N_ELEMENTS(either))) return GIVEN_NAME_UNKNOWN;
  return compound ? GIVEN_NAME_SURE : GIVEN_NAME_EITHER;
}
