{# A text, or null where it says that nothing is known. #}
{% macro known(column) -%}
    nullif(nullif(trim({{ column }}), ''), 'NA')
{%- endmacro %}

{# Distance of two places on a sphere, in statute miles (haversine formula; mean radius of the earth). #}
{% macro great_circle_miles(from_place, to_place) -%}
    2 * 3958.8 * asin(sqrt(
        pow(sin(radians({{ to_place }}.latitude - {{ from_place }}.latitude) / 2), 2)
        + cos(radians({{ from_place }}.latitude)) * cos(radians({{ to_place }}.latitude))
        * pow(sin(radians({{ to_place }}.longitude - {{ from_place }}.longitude) / 2), 2)
    ))
{%- endmacro %}
