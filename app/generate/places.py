"""Where fictional facilities stand: real cities with their coordinates (degrees, WGS 84), so that searches by distance
have something to find.

A country is a line with its name as ClinicalTrials.gov writes it, its weight (how many of a thousand studies have a
site there) and the shape of its postal codes (`#` a digit, `@` a letter, empty: none); below it, indented, stand its
cities as `name/state/latitude/longitude`.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple


class City(NamedTuple):
    name: str
    state: str
    latitude: float
    longitude: float


class Country(NamedTuple):
    name: str
    weight: int
    postal_code: str
    cities: tuple[City, ...]


_TABLE = """
United States|455|#####
    New York/New York/40.71427/-74.00597; Boston/Massachusetts/42.35843/-71.05977;
    Los Angeles/California/34.05223/-118.24368; Houston/Texas/29.76328/-95.36327; Chicago/Illinois/41.85003/-87.65005;
    Philadelphia/Pennsylvania/39.95233/-75.16379; Baltimore/Maryland/39.29038/-76.61219;
    Bethesda/Maryland/38.98067/-77.10026; San Diego/California/32.71533/-117.15726;
    San Francisco/California/37.77493/-122.41942; Seattle/Washington/47.60621/-122.33207;
    Atlanta/Georgia/33.749/-84.38798; Durham/North Carolina/35.99403/-78.89862; Rochester/Minnesota/44.02163/-92.4699;
    Rochester/New York/43.15478/-77.61556; Cleveland/Ohio/41.4995/-81.69541; Columbus/Ohio/39.96118/-82.99879;
    Cincinnati/Ohio/39.12711/-84.51439; Pittsburgh/Pennsylvania/40.44062/-79.99589;
    St Louis/Missouri/38.62727/-90.19789; Miami/Florida/25.77427/-80.19366; Tampa/Florida/27.94752/-82.45843;
    Orlando/Florida/28.53834/-81.37924; Dallas/Texas/32.78306/-96.80667; San Antonio/Texas/29.42412/-98.49363;
    Austin/Texas/30.26715/-97.74306; Denver/Colorado/39.73915/-104.9847; Aurora/Colorado/39.72943/-104.83192;
    Phoenix/Arizona/33.44838/-112.07404; Tucson/Arizona/32.22174/-110.92648; Portland/Oregon/45.52345/-122.67621;
    Portland/Maine/43.66147/-70.25533; Nashville/Tennessee/36.16589/-86.78444; Memphis/Tennessee/35.14953/-90.04898;
    Birmingham/Alabama/33.52066/-86.80249; New Orleans/Louisiana/29.95465/-90.07507;
    Detroit/Michigan/42.33143/-83.04575; Ann Arbor/Michigan/42.27756/-83.74088;
    Indianapolis/Indiana/39.76838/-86.15804; Iowa City/Iowa/41.66113/-91.53017; Omaha/Nebraska/41.25626/-95.94043;
    Salt Lake City/Utah/40.76078/-111.89105; Las Vegas/Nevada/36.17497/-115.13722;
    Honolulu/Hawaii/21.30694/-157.85833; Washington D.C./District of Columbia/38.89511/-77.03637;
    New Haven/Connecticut/41.30815/-72.92816; Charleston/South Carolina/32.77657/-79.93092;
    Albuquerque/New Mexico/35.08449/-106.65114
India|116|######
    Mumbai/Maharashtra/19.07283/72.88261; Pune/Maharashtra/18.51957/73.85535;
    New Delhi/National Capital Territory of Delhi/28.63576/77.22445; Bengaluru/Karnataka/12.97194/77.59369;
    Chennai/Tamil Nadu/13.08784/80.27847; Hyderabad/Telangana/17.38405/78.45636;
    Kolkata/West Bengal/22.56263/88.36304; Ahmedabad/Gujarat/23.02579/72.58727; Vellore/Tamil Nadu/12.9184/79.13255
China|110|######
    Beijing//39.9075/116.39723; Shanghai//31.22222/121.45806; Guangzhou/Guangdong/23.11667/113.25;
    Shenzhen/Guangdong/22.54554/114.0683; Wuhan/Hubei/30.58333/114.26667; Chengdu/Sichuan/30.66667/104.06667;
    Hangzhou/Zhejiang/30.29365/120.16142; Nanjing/Jiangsu/32.06167/118.77778; Suzhou/Jiangsu/31.30408/120.59538;
    Tianjin//39.14222/117.17667; Xi'an/Shaanxi/34.25833/108.92861
Canada|100|@#@ #@#
    Toronto/Ontario/43.70643/-79.39864; Ottawa/Ontario/45.41117/-75.69812; Hamilton/Ontario/43.25011/-79.84963;
    London/Ontario/42.98339/-81.23304; Montreal/Quebec/45.50884/-73.58781; Québec/Quebec/46.81228/-71.21454;
    Vancouver/British Columbia/49.24966/-123.11934; Calgary/Alberta/51.05011/-114.08529;
    Edmonton/Alberta/53.55014/-113.46871; Halifax/Nova Scotia/44.6464/-63.57291
France|78|#####
    Paris//48.85341/2.3488; Lyon//45.74846/4.84671; Marseille//43.29695/5.38107; Toulouse//43.60426/1.44367;
    Lille//50.63297/3.05858; Nantes//47.21725/-1.55336; Bordeaux//44.84044/-0.5805; Strasbourg//48.58392/7.74553
Germany|76|#####
    Berlin//52.52437/13.41053; Munich/Bavaria/48.13743/11.57549; Hamburg//53.57532/10.01534;
    Cologne/North Rhine-Westphalia/50.93333/6.95; Frankfurt am Main/Hesse/50.11552/8.68417;
    Heidelberg/Baden-Wurttemberg/49.40768/8.69079; Leipzig/Saxony/51.33962/12.37129; Dresden/Saxony/51.05089/13.73832;
    Hanover/Lower Saxony/52.37052/9.73322
Japan|70|###-####
    Tokyo//35.6895/139.69171; Osaka/Osaka/34.69374/135.50218; Nagoya/Aichi-ken/35.18147/136.90641;
    Kyoto/Kyoto/35.02107/135.75385; Sapporo/Hokkaido/43.06417/141.34694; Fukuoka/Fukuoka/33.6/130.41667;
    Sendai/Miyagi/38.26667/140.86667; Hiroshima/Hiroshima/34.4/132.45
United Kingdom|68|@@# #@@
    London//51.50853/-0.12574; Manchester//53.48095/-2.23743; Birmingham//52.48142/-1.89983; Leeds//53.79648/-1.54785;
    Oxford//51.75222/-1.25596; Cambridge//52.2/0.11667; Edinburgh//55.95206/-3.19648; Glasgow//55.86515/-4.25763;
    Cardiff//51.48/-3.18
Italy|67|#####
    Rome//41.89193/12.51133; Milan//45.46427/9.18951; Turin//45.07049/7.68682; Bologna//44.49381/11.33875;
    Naples//40.85216/14.26811; Florence//43.77925/11.24626; Padova//45.40797/11.88586
Spain|66|#####
    Madrid//40.4165/-3.70256; Barcelona//41.38879/2.15899; Valencia//39.46975/-0.37739; Seville//37.38283/-5.97317;
    Málaga//36.72016/-4.42034; Pamplona//42.81687/-1.64323
Australia|59|####
    Melbourne/Victoria/-37.814/144.96332; Sydney/New South Wales/-33.86785/151.20732;
    Brisbane/Queensland/-27.46794/153.02809; Adelaide/South Australia/-34.92866/138.59863;
    Perth/Western Australia/-31.95224/115.8614
Korea, Republic of|59|#####
    Seoul//37.566/126.9784; Busan//35.10168/129.03004; Daegu//35.87028/128.59111; Incheon//37.45646/126.70515
Turkey|55|#####
    Istanbul//41.01384/28.94966; Ankara//39.91987/32.85427; Izmir//38.41273/27.13838; Adana//36.98615/35.32531
Poland|52|##-###
    Warsaw//52.22977/21.01178; Krakow//50.06143/19.93658; Lodz//51.77058/19.47395; Poznan//52.40692/16.92993;
    Gdansk//54.35205/18.64637
Brazil|46|#####-###
    São Paulo/São Paulo/-23.5475/-46.63611; Rio de Janeiro/Rio de Janeiro/-22.90642/-43.18223;
    Porto Alegre/Rio Grande do Sul/-30.03283/-51.23019; Curitiba/Paraná/-25.42778/-49.27306;
    Salvador/Estado de Bahia/-12.97563/-38.49096
Netherlands|45|#### @@
    Amsterdam//52.37403/4.88969; Rotterdam//51.9225/4.47917; Utrecht//52.09083/5.12222; Nijmegen//51.8425/5.85278
Belgium|44|####
    Brussels//50.85045/4.34878; Leuven//50.87959/4.70093; Ghent//51.05/3.71667; Liège//50.63373/5.56749
Taiwan|40|###
    Taipei//25.04776/121.53185; Taichung//24.1469/120.6839; Kaohsiung//22.61626/120.31333
Argentina|35|####
    Buenos Aires//-34.61315/-58.37723; Córdoba//-31.4135/-64.18105; Rosario//-32.94682/-60.63932
Czechia|32|### ##
    Prague//50.08804/14.42076; Brno//49.19522/16.60796
Hungary|31|####
    Budapest//47.49801/19.03991; Debrecen//47.53333/21.63333
Denmark|30|####
    Copenhagen//55.67594/12.56553; Aarhus//56.15674/10.21076; Odense//55.39594/10.38831
Switzerland|30|####
    Zürich//47.36667/8.55; Basel//47.55839/7.57327; Bern//46.94809/7.44744; Geneva//46.20222/6.14569
Greece|29|### ##
    Athens//37.98376/23.72784; Thessaloniki//40.64361/22.93086
Sweden|29|### ##
    Stockholm//59.32938/18.06871; Gothenburg//57.70716/11.96679; Uppsala//59.85882/17.63889
Mexico|28|#####
    Mexico City//19.42847/-99.12766; Monterrey/Nuevo León/25.67507/-100.31847;
    Guadalajara/Jalisco/20.66682/-103.39182
Israel|27|#######
    Tel Aviv//32.08088/34.78057; Jerusalem//31.76904/35.21633; Haifa//32.81841/34.9885
Austria|26|####
    Vienna//48.20849/16.37208; Graz//47.06667/15.45; Innsbruck//47.26266/11.39454
Puerto Rico|26|#####
    San Juan//18.46633/-66.10572
Malaysia|23|#####
    Kuala Lumpur//3.1412/101.68653; Kuching//1.55/110.33333
Egypt|40|#####
    Cairo//30.06263/31.24967; Alexandria//31.20176/29.91582; Assiut//27.18096/31.18368
Pakistan|30|#####
    Lahore//31.558/74.35071; Karachi//24.8608/67.0104; Islamabad//33.72148/73.04329
Thailand|20|#####
    Bangkok//13.75398/100.50144; Chiang Mai//18.79038/98.98468
South Africa|20|####
    Johannesburg//-26.20227/28.04363; Cape Town//-33.92584/18.42322; Durban//-29.8579/31.0292
Chile|16|#######
    Santiago//-33.45694/-70.64827
Colombia|16|######
    Bogotá//4.60971/-74.08175; Medellín//6.25184/-75.56359
Peru|12|
    Lima//-12.04318/-77.02824
Romania|18|######
    Bucharest//44.43225/26.10626; Cluj-Napoca//46.76667/23.6
Bulgaria|18|####
    Sofia//42.69751/23.32415; Plovdiv//42.15/24.75
Serbia|10|#####
    Belgrade//44.80401/20.46513
Ukraine|16|#####
    Kyiv//50.45466/30.5238; Kharkiv//49.98081/36.25272
Russian Federation|22|######
    Moscow//55.75222/37.61556; Saint Petersburg//59.93863/30.31413
Norway|20|####
    Oslo//59.91273/10.74609; Bergen//60.39299/5.32415
Finland|18|#####
    Helsinki//60.16952/24.93545; Turku//60.45148/22.26869
Portugal|18|####-###
    Lisbon//38.71667/-9.13333; Porto//41.14961/-8.61099
Ireland|12|@## @#@#
    Dublin//53.33306/-6.24889
Singapore|16|######
    Singapore//1.28967/103.85007
Hong Kong|14|
    Hong Kong//22.27832/114.17469
Vietnam|10|######
    Hanoi//21.0245/105.84117; Ho Chi Minh City//10.82302/106.62965
Philippines|8|####
    Manila//14.6042/120.9822
Indonesia|8|#####
    Jakarta//-6.21462/106.84513
New Zealand|14|####
    Auckland//-36.84853/174.76349; Christchurch//-43.53333/172.63333
Saudi Arabia|8|#####
    Riyadh//24.68773/46.72185
Iran, Islamic Republic of|8|##########
    Tehran//35.69439/51.42151
Nigeria|6|######
    Lagos//6.45407/3.39467
Kenya|6|#####
    Nairobi//-1.28333/36.81667
Uganda|6|
    Kampala//0.31628/32.58219
Bangladesh|6|####
    Dhaka//23.7104/90.40744
Lebanon|6|
    Beirut//33.89332/35.50157
"""


def _countries() -> Iterator[Country]:
    for block in re.split(r"\n(?! )", _TABLE.strip()):
        first, cities = block.split("\n", 1)
        name, weight, postal_code = first.split("|")
        rows = [[part.strip() for part in city.split("/")] for city in cities.split(";") if city.strip()]
        yield Country(name, int(weight), postal_code, tuple(City(r[0], r[1], float(r[2]), float(r[3])) for r in rows))


COUNTRIES = tuple(_countries())
