"""Names of the sample clinic's people, by the language their family came with. All combinations are invented."""

from typing import NamedTuple

WHITE = ("2106-3", "White")
BLACK = ("2054-5", "Black or African American")
ASIAN = ("2028-9", "Asian")
HISPANIC = ("2135-2", "Hispanic or Latino")
NOT_HISPANIC = ("2186-5", "Not Hispanic or Latino")


class Origin(NamedTuple):
    """A family background: how its names are formed and what it speaks.

    `two_families`: children carry the first family name of each parent. `keeps_name`: a married woman keeps hers.
    `at_home`: share of households that prefer the language over English; `interpreter`: share of those adults who
    need one. `country`: where the grown-ups were born who speak it.
    """

    key: str
    weight: int
    language: tuple[str, str]
    at_home: float
    interpreter: float
    race: tuple[str, str]
    ethnicity: tuple[str, str]
    families: tuple[str, ...]
    women: tuple[str, ...]
    men: tuple[str, ...]
    two_families: bool = False
    keeps_name: bool = False
    country: str = "US"


def _words(text: str) -> tuple[str, ...]:
    """Names separated by blanks; an underscore stands for a blank inside a name."""
    return tuple(word.replace("_", " ") for word in text.split())


ORIGINS = (
    Origin(
        "us",
        30,
        ("en", "English"),
        0.0,
        0.0,
        WHITE,
        NOT_HISPANIC,
        _words(
            "Baker Carter O'Brien Whitfield Hughes McAllister Sanders Lindqvist-Moore Bishop Thornton Fitzgerald "
            "Parker D'Angelo Reed Callahan Morrison St._Clair Wheeler Hayes O'Connell Brandt Vance Doyle Pruitt "
            "Ellsworth Van_der_Berg Holloway Keller MacLeod Winters"
        ),
        _words(
            "Emily Grace Hannah Olivia Margaret Linda Susan Karen Abigail Nora Ruth Dorothy Claire Megan Zoë Heather "
            "Patricia Alice Rebecca Joan Sophie Renée Charlotte Evelyn Mary-Kate"
        ),
        _words(
            "James Robert Michael William David Thomas Ethan Noah Henry Walter George Kevin Brian Samuel Jack Daniel "
            "Peter Owen Charles Lucas Benjamin Theodore Frank Jean-Luc Patrick"
        ),
    ),
    Origin(
        "african-american",
        14,
        ("en", "English"),
        0.0,
        0.0,
        BLACK,
        NOT_HISPANIC,
        _words(
            "Washington Jefferson Booker Freeman Coleman Gaines Hairston Dorsey Battle Mayfield Ransom Tubbs "
            "Broadnax Pettway Singletary Merriweather"
        ),
        _words("Aaliyah Imani Denise Latoya Gloria Kiara Monique Bernice Tanisha Ebony Jasmine Vernell Nia Yolanda"),
        _words(
            "Darnell Marcus Isaiah Andre Tyrone Jamal Reginald Malik Curtis Terrence Elijah DeShawn Clarence Xavier"
        ),
    ),
    Origin(
        "spanish",
        18,
        ("es", "Spanish"),
        0.7,
        0.5,
        WHITE,
        HISPANIC,
        _words(
            "García Martínez Hernández López Muñoz Ramírez Núñez Castañeda Ortega Vásquez Peña Cordero de_la_Cruz "
            "Salazar Zúñiga Montoya Ibáñez Quiñones Treviño Solís"
        ),
        _words(
            "María José_Luisa Guadalupe Ximena Lucía Valentina Carmen Rosario Begoña Inés Camila Pilar Sofía Araceli"
        ),
        _words("José Luis Miguel_Ángel Andrés Jesús Raúl Mateo Joaquín Iñaki Emilio Tomás Alejandro Ramón Santiago"),
        two_families=True,
        keeps_name=True,
        country="MX",
    ),
    Origin(
        "vietnamese",
        5,
        ("vi", "Vietnamese"),
        0.7,
        0.6,
        ASIAN,
        NOT_HISPANIC,
        _words("Nguyễn Trần Lê Phạm Huỳnh Đặng Võ Bùi"),
        _words("Thị_Hoa Mai Lan Ngọc_Anh Thu_Hằng Kim_Liên Phương Quỳnh"),
        _words("Văn_Minh Quang Đức Tuấn_Anh Hùng Bảo Khải Thanh"),
        keeps_name=True,
        country="VN",
    ),
    Origin(
        "arabic",
        5,
        ("ar", "Arabic"),
        0.7,
        0.5,
        WHITE,
        NOT_HISPANIC,
        _words("Al-Hassan Haddad Khoury El-Sayed Mansour Abu-Nasser Farouk Shaheen Ben_Youssef"),
        _words("Fatima Layla Noor Aisha Mariam Yasmin Huda Rania Salma"),
        _words("Ahmed Omar Yusuf Khalid Mahmoud Tariq Ibrahim Abdul-Rahman Sami"),
        keeps_name=True,
        country="IQ",
    ),
    Origin(
        "nigerian",
        4,
        ("yo", "Yoruba"),
        0.1,
        0.0,
        BLACK,
        NOT_HISPANIC,
        _words("Adébáyò Okonkwo Nwosu Oyèlárán Ezeudu Balogun Chukwuemeka Afolabi"),
        _words("Ngozi Adaeze Folasade Chiamaka Yetunde Ifeoma Titilayo"),
        _words("Oluwaseun Chinedu Babatunde Emeka Olúfẹ́mi Ikenna Tunde"),
        country="NG",
    ),
    Origin(
        "korean",
        3,
        ("ko", "Korean"),
        0.6,
        0.5,
        ASIAN,
        NOT_HISPANIC,
        _words("Kim Park Choi Jeong Kang Yoon Im"),
        _words("Ji-woo Soo-jin Min-seo Eun-ji Hye-jin Seo-yeon"),
        _words("Min-jun Dong-hyun Joon-ho Sang-woo Tae-yang Ji-hoon"),
        keeps_name=True,
        country="KR",
    ),
    Origin(
        "polish",
        5,
        ("pl", "Polish"),
        0.4,
        0.3,
        WHITE,
        NOT_HISPANIC,
        _words("Wójcik Nowak Łukasiewicz Szczepańczyk Mazur Dąbrowicz Wieczorek Gołąb"),
        _words("Agnieszka Małgorzata Katarzyna Zofia Bożena Halina Jadwiga"),
        _words("Krzysztof Łukasz Stanisław Paweł Zbigniew Grzegorz Józef"),
        country="PL",
    ),
    Origin(
        "german",
        4,
        ("de", "German"),
        0.05,
        0.0,
        WHITE,
        NOT_HISPANIC,
        _words("Müller Schäfer Köhler Weiß Von_Brandt Jäger Schröder-Lange Böttcher"),
        _words("Ursula Heidi Käthe Ingrid Annelise Greta Brigitte"),
        _words("Jürgen Klaus Günther Friedrich Karl-Heinz Otto Björn"),
        country="DE",
    ),
    Origin(
        "hindi",
        5,
        ("hi", "Hindi"),
        0.3,
        0.2,
        ASIAN,
        NOT_HISPANIC,
        _words("Sharma Patel Gupta Iyer Reddy Chatterjee Venkataraman Singh Banerjee"),
        _words("Priya Ananya Sunita Lakshmi Kavita Meera Deepika Indira"),
        _words("Arjun Rajesh Vikram Rohan Sanjay Amit Krishnan Dev"),
    ),
    Origin(
        "haitian",
        3,
        ("ht", "Haitian Creole"),
        0.7,
        0.5,
        BLACK,
        NOT_HISPANIC,
        _words("Jean-Baptiste Pierre-Louis Désir Toussaint Saint-Fleur Étienne"),
        _words("Marie-Ange Guerline Widline Roseline Mirlande Fabiola"),
        _words("Jean-Claude Wilner Frantz Évens Rodrigue Lucner"),
    ),
    Origin(
        "ukrainian",
        4,
        ("uk", "Ukrainian"),
        0.7,
        0.6,
        WHITE,
        NOT_HISPANIC,
        _words("Kovalenko Shevchuk Bondarenko Melnyk Tkachenko Hryhorenko Lysenko"),
        _words("Oksana Iryna Nataliia Olha Yuliia Halyna Kateryna"),
        _words("Oleksandr Andrii Mykola Serhii Taras Bohdan Volodymyr"),
    ),
    Origin(
        "somali",
        4,
        ("so", "Somali"),
        0.8,
        0.6,
        BLACK,
        NOT_HISPANIC,
        _words("Abdi Warsame Hassan Farah Jama Osman Mohamud Ali"),
        _words("Hodan Asha Faduma Sahra Hibaq Ayan Ifrah"),
        _words("Abdirahman Cabdi Liban Guled Mohamed Faisal Yusuf"),
        keeps_name=True,
    ),
    Origin(
        "chinese",
        5,
        ("zh", "Chinese"),
        0.6,
        0.6,
        ASIAN,
        NOT_HISPANIC,
        _words("Wang Li Zhang Chen Lü Huang Ouyang Xu"),
        _words("Xiaomei Yan Li-Hua Mei-Ling Jing Lan Yùtíng"),
        _words("Wei Jun Guo-Qiang Haoran Zhiyuan Lei Ming"),
        keeps_name=True,
    ),
    Origin(
        "filipino",
        4,
        ("tl", "Tagalog"),
        0.3,
        0.1,
        ASIAN,
        NOT_HISPANIC,
        _words("Santos Reyes Dela_Cruz Macapagal Bautista Magsaysay Dimaculangan"),
        _words("Maria_Clara Luzviminda Tala Divina Rosalie Mayumi"),
        _words("Jose_Mari Bayani Rodel Crisanto Dante Ferdinand"),
    ),
    Origin(
        "portuguese",
        2,
        ("pt", "Portuguese"),
        0.4,
        0.3,
        WHITE,
        NOT_HISPANIC,
        _words("Conceição Magalhães Araújo Guimarães Sá-Carneiro"),
        _words("Conceição Inês Mariana Júlia Beatriz"),
        _words("João Antônio Luís Caetano Simão"),
    ),
)

NICKNAMES = {
    "Abigail": "Abby",
    "Alejandro": "Alex",
    "Benjamin": "Ben",
    "Charles": "Chuck",
    "Daniel": "Danny",
    "Dorothy": "Dot",
    "Guadalupe": "Lupe",
    "James": "Jim",
    "José": "Pepe",
    "Katarzyna": "Kasia",
    "Margaret": "Peggy",
    "Małgorzata": "Gosia",
    "Michael": "Mike",
    "Nataliia": "Natalie",
    "Oleksandr": "Sasha",
    "Patricia": "Pat",
    "Rebecca": "Becky",
    "Robert": "Bob",
    "Samuel": "Sam",
    "Susan": "Sue",
    "Theodore": "Teddy",
    "Thomas": "Tom",
    "Walter": "Walt",
    "William": "Bill",
    "Xiaomei": "May",
    "Wei": "William",
    "Min-jun": "Andrew",
    "Ji-woo": "Jenny",
}

MIDDLE_NAMES = {
    "female": ("Ann", "Marie", "Lynn", "Elizabeth", "Rose", "Jane", "Louise"),
    "male": ("Lee", "Allen", "Joseph", "Edward", "Ray", "John", "Francis"),
}
