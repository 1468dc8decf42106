"""Where a connected system gets its tokens; the FHIR face itself answers beside the pages (see `web.wsgi`)."""

from django.urls import path
from oauth2_provider.views import TokenView

urlpatterns = [path("oauth/token", TokenView.as_view(), name="oauth-token")]
